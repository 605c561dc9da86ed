import { PolicyFault, pointer } from './fault.js';
import { checkedContent } from './load.js';
import { frozen } from './plain-data.js';
import type { Policy } from './policy.js';
import { shapeCheck } from './schema.js';

/**
 * What a language model is told about the tools (`policy/guidance.json`). Words only, and no part of the policy. Where a
 * text names a tool, the tool stands in braces.
 */
export interface Guidance {
  readonly instructions: string;
  /** Stands beside the places of a result where people's text is. */
  readonly untrusted: string;
  readonly request_id: string;
  readonly ticket_id: string;
  /** One entry for each ticket tool of the policy. */
  readonly tools: Readonly<Record<string, ToolGuidance>>;
  readonly codes: Readonly<Record<string, { readonly advice: string; readonly tools?: readonly string[] }>>;
  readonly prompts: readonly PromptGuidance[];
  /** Names of fields whose text Dispatch makes itself. */
  readonly system_text: readonly string[];
}

export interface ToolGuidance {
  readonly when: string;
  /** Absent for a read. */
  readonly changes?: string;
  readonly returns: string;
  /** Codes, the likeliest first; each has its advice. */
  readonly refusals: readonly string[];
  /** Nothing undoes it. */
  readonly destructive?: true;
}

export interface PromptGuidance {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** A role that may use one of them is offered the prompt. */
  readonly tools: readonly string[];
  readonly argument: { readonly name: string; readonly description: string };
  /** In order. */
  readonly steps: readonly string[];
}

const FILE = 'guidance.json';

/** The guidance in a policy's folder, held against that policy. Throws PolicyFault for the first thing that is wrong. */
export async function loadGuidance(dir: string, policy: Policy): Promise<Guidance> {
  const content = await checkedContent(dir, FILE, shapeCheck());
  const { $schema: _, ...guidance } = content as Guidance & { readonly $schema?: string };
  check(guidance, policy);
  return frozen(guidance);
}

function check(guidance: Guidance, policy: Policy): void {
  const { tools, codes, prompts } = guidance;
  const known = (tool: string, ...place: readonly (string | number)[]) => {
    if (!policy.tool(tool)) throw new PolicyFault(FILE, pointer(...place), `unknown tool '${tool}'`);
  };
  for (const { tool, mutating } of policy.tools) {
    const entry = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
    if (!entry) throw new PolicyFault(FILE, pointer('tools'), `no entry for '${tool}'`);
    if ((entry.changes !== undefined) !== mutating)
      throw new PolicyFault(FILE, pointer('tools', tool), 'tells what changes for a command, and only for one');
  }
  for (const [tool, { refusals }] of Object.entries(tools)) {
    known(tool, 'tools', tool);
    const at = refusals.findIndex((code) => !Object.hasOwn(codes, code));
    if (at >= 0) throw new PolicyFault(FILE, pointer('tools', tool, 'refusals', at), `no advice for '${refusals[at]}'`);
  }
  for (const [code, { tools: helping = [] }] of Object.entries(codes))
    for (const [index, tool] of helping.entries()) known(tool, 'codes', code, 'tools', index);
  for (const [index, { tools: led }] of prompts.entries())
    for (const tool of led) known(tool, 'prompts', index, 'tools');
  for (const [text, place] of textsIn(guidance, []))
    for (const [, tool = ''] of text.matchAll(/\{([^}]*)\}/g)) known(tool, ...place);
}

type Place = readonly (string | number)[];

/** Every text in plain data, with its place. */
function* textsIn(value: unknown, place: Place): Generator<readonly [text: string, place: Place]> {
  if (typeof value === 'string') yield [value, place];
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) yield* textsIn(member, [...place, key]);
}
