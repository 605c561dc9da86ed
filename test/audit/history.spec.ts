import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Format, historyLines } from '@dispatch/audit';
import type { EventStore } from '@dispatch/event-store';
import { Ajv } from 'ajv';
import { seeded } from '../../apps/cli/src/audit/testing/seeded.js';
// The schema as https://www.ocel-standard.org/2.0/ocel20-schema-json.json publishes it; also in pm4py, under
// tests/input_data/ocel/schema_ocel2.json.
const SCHEMA = join(import.meta.dirname, 'ocel20-schema-json.json');

let store: EventStore;
let tickets: number;

beforeAll(async () => {
  const history = await seeded(60);
  store = history.store;
  tickets = history.events.filter(({ stream }) => stream.startsWith('ticket-')).length;
});

async function linesOf(format: Format, personal = false): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of historyLines(() => store.readAll({ after: 'start' }), { format, personal }))
    lines.push(line);
  return lines;
}

const COLUMNS = [
  'position',
  'event_id',
  'ticket_id',
  'version',
  'time',
  'type',
  'from_state',
  'to_state',
  'through_states',
  'tool',
  'actor_id',
  'actor_role',
  'actor_type',
  'policy_version',
  'request_id',
  'requested_at',
  'correlation_id',
  'trace_id',
  'prev_hash',
  'hash',
  'facts',
];

/** What the made-up people of the history wrote or said. */
const PERSONAL = /Front door|Reported by the shop|agreed|supplier|wants|manager-1|summary|description|request"/;

test('JSON Lines: a line an event, the same columns in the same order, nothing personal unless asked for', async () => {
  const lines = await linesOf('jsonl');
  expect(lines).toHaveLength(tickets);
  const rows = lines.map((line) => JSON.parse(line));
  for (const row of rows) expect(Object.keys(row)).toEqual(COLUMNS);
  expect(rows[0]).toMatchObject({
    version: 0,
    from_state: null,
    to_state: 'NEW',
    through_states: [],
    type: 'TicketCreated',
  });
  expect(rows.find(({ type }) => type === 'TechnicianCheckedIn')).toMatchObject({
    from_state: 'DISPATCHED',
    through_states: ['ON_SITE'],
    to_state: 'IN_PROGRESS',
  });
  expect(lines.filter((line) => PERSONAL.test(line))).toEqual([]);

  const personal = (await linesOf('jsonl', true)).map((line) => JSON.parse(line));
  for (const row of personal) expect(Object.keys(row)).toEqual([...COLUMNS, 'request']);
  expect(personal[0]).toMatchObject({
    facts: { summary: expect.any(String) },
    request: { summary: expect.any(String) },
  });
});

test('every state that an event leads to is where the next of its ticket begins', async () => {
  const states = new Map<string, string>();
  for (const line of await linesOf('jsonl')) {
    const { ticket_id: id, from_state: from, to_state: to } = JSON.parse(line);
    expect(from).toBe(states.get(id) ?? null);
    states.set(id, to);
  }
});

test('CSV: a head, then the same rows', async () => {
  const [head, ...lines] = await linesOf('csv');
  expect(head).toBe(COLUMNS.join(','));
  expect(lines).toHaveLength(tickets);
  const first = JSON.parse((await linesOf('jsonl'))[0] ?? '');
  expect(cellsOf(lines[0] ?? '')).toEqual(
    COLUMNS.map((name) => {
      const value = first[name];
      if (name === 'facts') return JSON.stringify(value);
      return Array.isArray(value) ? value.join(' ') : String(value ?? '');
    }),
  );
  expect(lines.filter((line) => PERSONAL.test(line))).toEqual([]);
});

/** The cells of a line of RFC 4180. */
const cellsOf = (line: string): string[] =>
  Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  ).slice(0, COLUMNS.length);

interface Ocel {
  readonly eventTypes: readonly {
    readonly name: string;
    readonly attributes: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly objectTypes: Ocel['eventTypes'];
  readonly events: readonly Thing[];
  readonly objects: readonly Thing[];
}
interface Thing {
  readonly id: string;
  readonly type: string;
  readonly attributes: readonly { readonly name: string; readonly value: string; readonly time?: string }[];
  readonly relationships: readonly { readonly objectId: string; readonly qualifier: string }[];
}

describe('OCEL 2.0', () => {
  let log: Ocel;
  beforeAll(async () => {
    log = JSON.parse((await linesOf('ocel')).join('\n'));
  });

  test('is what its published schema asks for', async () => {
    const ajv = new Ajv({ strict: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } });
    const valid = ajv.compile(JSON.parse(await readFile(SCHEMA, 'utf8')));
    expect([valid(log), valid.errors]).toEqual([true, null]);
    const [first, ...others] = log.events;
    expect(valid({ ...log, events: [{ ...first, time: 'yesterday' }, ...others] })).toBe(false);
  });

  test('declares what it uses, names every object once, and refers to no other', () => {
    expect(log.events).toHaveLength(tickets);
    const ids = log.objects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    for (const [things, types] of [
      [log.events, log.eventTypes],
      [log.objects, log.objectTypes],
    ] as const) {
      const declared = new Map(
        types.map(({ name, attributes }) => [name, new Map(attributes.map((one) => [one.name, one.type]))]),
      );
      const used = new Set(things.map(({ type }) => type));
      expect([...used].filter((type) => !declared.has(type))).toEqual([]);
      for (const { type, attributes, relationships } of things) {
        for (const { name, value } of attributes) {
          const kind = declared.get(type)?.get(name) ?? 'undeclared';
          expect(kind).toMatch(/^(string|time|integer)$/);
          if (kind === 'integer') expect(value).toMatch(/^\d+$/);
          if (kind === 'time') expect(new Date(value).toISOString()).toBe(value);
        }
        expect(relationships.filter(({ objectId }) => !known.has(objectId))).toEqual([]);
      }
    }
    expect(new Set(log.objects.map(({ type }) => type))).toEqual(new Set(log.objectTypes.map(({ name }) => name)));
  });

  test('an event touches its ticket and its actor, and a ticket has its states in time', () => {
    for (const { relationships } of log.events)
      expect(relationships.slice(0, 2).map(({ qualifier }) => qualifier)).toEqual(['of', 'by']);
    const closed = log.objects.find(
      ({ type, attributes }) => type === 'ticket' && attributes.some(({ value }) => value === 'CLOSED'),
    );
    const states = closed?.attributes.filter(({ name }) => name === 'state').map(({ value }) => value) ?? [];
    expect([states[0], states.at(-1)]).toEqual(['NEW', 'CLOSED']);
    expect(JSON.stringify(log)).not.toMatch(PERSONAL);
  });
});
