import { at } from '../support/api.js';

/** A JSON Schema as the OpenAPI page holds it. */
export type Schema = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema itself, where a reference stands for it. */
export function resolved(document: unknown, schema: unknown): Schema {
  const ref = at(schema, '$ref');
  const target = typeof ref === 'string' ? at(document, ref.replace(/^#\//, '').replaceAll('/', '.')) : schema;
  if (!isRecord(target)) throw new Error(`no schema at ${String(ref)}`);
  return target;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: Schema;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

export function operationsOf(document: unknown): readonly Operation[] {
  const paths = at(document, 'paths');
  if (!isRecord(paths)) throw new Error('a document without paths');
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.map((method) => ({ method, path, operation: at(item, method) })).flatMap(({ method, operation }) =>
      isRecord(operation) ? [{ method: method.toUpperCase(), path, operation }] : [],
    ),
  );
}

/** The body of an operation; undefined when it takes none. */
export function bodySchema(document: unknown, operation: Schema): Schema | undefined {
  const content = at(operation, 'requestBody.content');
  const schema = isRecord(content) ? at(content['application/json'], 'schema') : undefined;
  return schema === undefined ? undefined : resolved(document, schema);
}

/** A body, and the place in it that its schema does not allow. */
export interface WrongBody {
  readonly place: string;
  readonly value: unknown;
  readonly body: unknown;
}

const OF_EACH_TYPE: readonly unknown[] = [null, true, 7, 'text', [], {}, [[]], { a: 1 }];
const LONG = 20_000;

/** All bodies that differ from a good one in one place, where they hold what the schema does not allow. */
export function wrongBodies(document: unknown, schema: Schema, good: Schema): readonly WrongBody[] {
  const required = at(schema, 'required');
  const properties = at(schema, 'properties');
  if (!isRecord(properties)) throw new Error('a body without properties');
  return Object.entries(properties).flatMap(([name, property]) => {
    const must = Array.isArray(required) && required.includes(name);
    return wrongValues(document, resolved(document, property), must).map(({ place, value }) => ({
      place: `${name}${place}`,
      value,
      body: { ...good, [name]: value },
    }));
  });
}

type WrongValue = Omit<WrongBody, 'body'>;

function wrongValues(document: unknown, schema: Schema, required: boolean): readonly WrongValue[] {
  const plain = OF_EACH_TYPE.filter((value) => (value === null ? required : !hasType(schema, value)));
  return [...plain.map((value) => ({ place: '', value })), ...ofType(document, schema)];
}

function hasType({ type, enum: words, format, pattern, additionalProperties }: Schema, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value) && value.length === 0;
  if (type === 'object') return isRecord(value) && (additionalProperties === true || Object.keys(value).length === 0);
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  const limited = words !== undefined || format !== undefined || pattern !== undefined;
  return typeof value === 'string' && !limited;
}

/** Values of the right type that are wrong in some other way. */
function ofType(document: unknown, schema: Schema): readonly WrongValue[] {
  const values = (...list: readonly unknown[]) => list.map((value) => ({ place: '', value }));
  switch (schema.type) {
    case 'string':
      return values(...wrongTexts(schema));
    case 'integer':
      return values(0.5, -2, Number(schema.maximum) + 1, 2 ** 53, 1e300, '1');
    case 'number':
      return values(0, -1, Number(schema.maximum) + 1, 1e300, '1');
    case 'array':
      return wrongLists(document, schema);
    case 'boolean':
      return values('true', 1, 0);
    default:
      return wrongMembers(document, schema);
  }
}

function wrongTexts({ minLength, format, enum: words }: Schema): readonly unknown[] {
  const blank = minLength === 0 ? [] : ['', '   ', '\u00a0\t\n'];
  const times = format === 'date-time' ? WRONG_TIMES : [];
  const ids = format === 'uuid' ? WRONG_IDS : [];
  const case_ = Array.isArray(words) ? words.map((word) => `${String(word)} `) : [];
  return [...blank, 'x'.repeat(LONG), 'a\0b', '\ud800', 'b\udfff', ...times, ...ids, ...case_];
}

const WRONG_TIMES = [
  '2026-03-01',
  '2026-03-01T09:00:00',
  '2026-02-30T09:00:00Z',
  '2025-02-29T09:00:00Z',
  '2026-06-30T23:59:60Z',
  '2026-13-01T09:00:00Z',
  '2026-03-01T24:00:00Z',
  '2026-03-01T09:60:00Z',
  '2026-03-01T09:00:00+24:00',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '+012026-03-01T09:00:00Z',
  '9999-12-31T23:59:59-01:00',
  '2026-03-01T09:00:00Z\n',
  ' 2026-03-01T09:00:00Z',
  'Sun, 01 Mar 2026 09:00:00 GMT',
  '1772355600000',
];
const ID = '6f1c1a0e-0000-4000-8000-00000000000c';
const WRONG_IDS = [ID.slice(1), `${ID}0`, `{${ID}}`, `urn:uuid:${ID}`, ID.replaceAll('-', ''), ` ${ID}`, `${ID}\n`];

function wrongLists(document: unknown, schema: Schema): readonly WrongValue[] {
  const items = resolved(document, schema.items);
  const wrongItems = wrongValues(document, items, true).map(({ place, value }) => ({
    place: `[0]${place}`,
    value: [value],
  }));
  const tooFew = Number(schema.minItems ?? 0) > 0 ? [{ place: '', value: [] }] : [];
  const many = Array<unknown>(Number(schema.maxItems) + 1).fill(items.type === 'object' ? {} : 'text');
  return [...wrongItems, ...tooFew, { place: '', value: many }, { place: '', value: { 0: 'text', length: 1 } }];
}

function wrongMembers(document: unknown, schema: Schema): readonly WrongValue[] {
  const open = schema.additionalProperties;
  const unfit = [{ n: 'a\0b' }, { 'a\0b': 1 }, { n: ['\ud800'] }, { '\ud800': 1 }, { n: { '\udc00': [] } }];
  const strange = ['__proto__', 'constructor', 'prototype'].map((key) =>
    JSON.parse(`{"n":[{"${key}":{"admin":true}}]}`),
  );
  const ofOpen = [...unfit, ...strange].map((value: unknown) => ({ place: '', value }));
  if (open === true) return ofOpen;
  if (isRecord(open)) {
    const wrong = wrongValues(document, open, true).map(({ place, value }) => ({
      place: `.n${place}`,
      value: { n: value },
    }));
    const many = Object.fromEntries(
      Array.from({ length: Number(schema.maxProperties) + 1 }, (_, n) => [`k${n}`, true]),
    );
    return [...wrong, { place: '', value: many }];
  }
  return [
    { place: '', value: {} },
    { place: '', value: { unknown: 1 } },
    ...wrongBodies(document, schema, {}).map(({ place, body }) => ({ place: `.${place}`, value: body })),
  ];
}
