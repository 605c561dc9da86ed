import { type ApiPage, at, list, record, refName } from '../../apps/tool-bridge/src/api-page.js';
import { argumentOf } from '../../apps/tool-bridge/src/surface.js';

const HEAD = `// Printed from the API's OpenAPI page: change the API, then print again with UPDATE_DOCS=1 npm test -- test/tools/page
`;

/** The API's page as the bridge keeps it. */
export const printedPage = (page: ApiPage): string => `${HEAD}import type { ApiPage } from '../api-page.js';

/** What the API says of its tools; a test holds it against the running API. */
export const page: ApiPage = ${JSON.stringify(page, null, 1)};
`;

/** The API's page as types: what a call of each tool takes, and what it answers. */
export function toolTypes({ operations, schemas }: ApiPage): string {
  const types = Object.entries(schemas).map(([name, schema]) => `export interface ${name} ${typeOf(schema, '')}\n`);
  const tools = Object.entries(operations).map(([tool, { parameters, body, answer }]) => {
    const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => argumentOf(name));
    const more = inPath.filter((name) => name !== 'ticket_id');
    const query = object(
      parameters.filter((one) => one.in === 'query').map(({ name, required, schema }) => [name, required, schema]),
      '    ',
    );
    const payload = [body ? typeOf(body, '    ') : query, ...more.map((name) => `{ readonly ${name}: string }`)].join(
      ' & ',
    );
    return `  '${tool}': {
    readonly ticket: ${inPath.includes('ticket_id')};
    readonly payload: ${payload};
    readonly result: ${typeOf(answer, '    ')};
  };`;
  });
  return `${HEAD}\n${types.join('\n')}\n/** By tool: whether it acts on a ticket, what it takes, what it answers. */\nexport interface ToolTypes {\n${tools.join('\n')}\n}\n`;
}

function typeOf(schema: unknown, indent: string): string {
  const name = refName(schema);
  if (name !== undefined) return name;
  const { type, enum: words, oneOf, items, properties, required, additionalProperties } = record(schema);
  if (Array.isArray(oneOf)) return oneOf.map((one) => typeOf(one, indent)).join(' | ');
  if (Array.isArray(words)) return words.map((word) => `'${String(word)}'`).join(' | ');
  switch (type) {
    case 'array': {
      const item = typeOf(items, indent);
      return `readonly ${item.includes('|') ? `(${item})` : item}[]`;
    }
    case 'object': {
      if (properties === undefined)
        return `{ readonly [key: string]: ${additionalProperties === true ? 'unknown' : typeOf(additionalProperties, indent)} }`;
      const musts = list(required);
      const members = Object.entries(record(properties)).map(([key, member]): [string, boolean, unknown] => [
        key,
        musts.includes(key),
        member,
      ]);
      return object(members, indent, additionalProperties === true);
    }
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}

function object(members: readonly (readonly [string, boolean, unknown])[], indent: string, open = false): string {
  if (members.length === 0) return 'Readonly<Record<string, never>>';
  const inner = `${indent}  `;
  const lines = members.flatMap(([name, must, member]) => {
    const about = at(member, 'description');
    const line = `${inner}readonly ${name}${must ? '' : '?'}: ${typeOf(member, inner)};`;
    return typeof about === 'string' ? [`${inner}/** ${about} */`, line] : [line];
  });
  if (open) lines.push(`${inner}readonly [key: string]: unknown;`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}
