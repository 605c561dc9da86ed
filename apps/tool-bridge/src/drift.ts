import { isDeepStrictEqual } from 'node:util';
import { type ApiPage, apiPageOf, refsIn } from './api-page.js';
import type { Bridge } from './invoke.js';

/**
 * The tools whose form at the running API is another than this bridge tells; undefined when it cannot be asked. Of two
 * releases side by side one may take what the other does not: the API refuses it, and the operator is told why.
 */
export async function toolsThatDiffer(
  { surface, api, patience }: Bridge,
  own: ApiPage,
): Promise<readonly string[] | undefined> {
  const tools = surface.policy.tools.map(({ tool }) => tool);
  const outcome = await api.send({ method: 'GET', path: '/openapi.json', headers: {} }, patience);
  if (!('answer' in outcome) || outcome.answer.status !== 200) return undefined;
  const { json } = outcome.answer;
  return tools.filter((tool) => !isDeepStrictEqual(servedForm(json, tool), partOf(own, tool)));
}

/** Undefined when the page has no such tool. */
function servedForm(document: unknown, tool: string): ApiPage | undefined {
  try {
    return apiPageOf(document, [tool]);
  } catch {
    return undefined;
  }
}

/** The same as apiPageOf makes of one tool, out of a page of all. */
function partOf({ operations, schemas }: ApiPage, tool: string): ApiPage {
  const operation = operations[tool];
  if (!operation) throw new Error(`no form of ${tool}`);
  const names = [...refsIn(operation, schemas, new Set())].sort();
  return {
    operations: { [tool]: operation },
    schemas: Object.fromEntries(names.map((name) => [name, schemas[name] ?? {}])),
  };
}
