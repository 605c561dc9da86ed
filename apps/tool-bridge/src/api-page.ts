/** A JSON Schema, as plain data. */
export type Schema = Readonly<Record<string, unknown>>;

/** An operation of the API's OpenAPI page, as far as tools are made of it. */
export interface ApiOperation {
  readonly parameters: readonly ApiParameter[];
  /** The body of a command; undefined for a read. */
  readonly body?: Schema;
  /** What comes back when it succeeds. */
  readonly answer: Schema;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

/** What the API says of its tools: the part of its OpenAPI page that the tools are made of. */
export interface ApiPage {
  /** By tool. */
  readonly operations: Readonly<Record<string, ApiOperation>>;
  /** What operations refer to by `#/components/schemas/<name>`. */
  readonly schemas: Readonly<Record<string, Schema>>;
}

const REF = '#/components/schemas/';

/** The part of an OpenAPI page that tells of these tools. Throws when it lacks one: the tool would have no form. */
export function apiPageOf(document: unknown, tools: readonly string[]): ApiPage {
  const found = new Map<string, ApiOperation>();
  for (const item of Object.values(record(at(document, 'paths'))))
    for (const operation of Object.values(record(item))) {
      const tool = at(operation, 'operationId');
      if (typeof tool === 'string' && tools.includes(tool)) found.set(tool, operationOf(operation));
    }
  const operations = Object.fromEntries(
    tools.map((tool) => {
      const operation = found.get(tool);
      if (!operation) throw new Error(`the OpenAPI page has no operation ${tool}`);
      return [tool, operation];
    }),
  );
  const all = record(at(document, 'components', 'schemas'));
  const names = refsIn(operations, all, new Set());
  const schemas = Object.fromEntries([...names].sort().map((name) => [name, record(all[name])]));
  return { operations, schemas };
}

function operationOf(operation: unknown): ApiOperation {
  const responses = Object.entries(record(at(operation, 'responses')));
  const [, success] = responses.find(([status]) => /^2\d\d$/.test(status)) ?? [];
  const body = at(operation, 'requestBody', 'content', 'application/json', 'schema');
  return {
    parameters: list(at(operation, 'parameters')).flatMap(parameterOf),
    ...(body !== undefined && { body: record(body) }),
    answer: record(at(success, 'content', 'application/json', 'schema')),
  };
}

/** Headers are the bridge's own business, not that of a tool's caller. */
function parameterOf(parameter: unknown): readonly ApiParameter[] {
  const [name, place] = [at(parameter, 'name'), at(parameter, 'in')];
  if (typeof name !== 'string' || (place !== 'path' && place !== 'query')) return [];
  const required = at(parameter, 'required') === true;
  return [{ name, in: place, required, schema: record(at(parameter, 'schema')) }];
}

/** The names of all schemas that a value refers to, directly or by another. */
export function refsIn(value: unknown, schemas: Readonly<Record<string, unknown>>, names: Set<string>): Set<string> {
  if (typeof value !== 'object' || value === null) return names;
  const name = refName(value);
  if (name !== undefined && !names.has(name)) {
    names.add(name);
    refsIn(schemas[name], schemas, names);
  }
  for (const member of Object.values(value)) refsIn(member, schemas, names);
  return names;
}

/** The name of the schema that a reference stands for. */
export function refName(schema: unknown): string | undefined {
  const ref = at(schema, '$ref');
  return typeof ref === 'string' && ref.startsWith(REF) ? ref.slice(REF.length) : undefined;
}

/** A value by its path; undefined when something on the way is missing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value when it is an object, else an empty one. */
export const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** The value when it is a list, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
