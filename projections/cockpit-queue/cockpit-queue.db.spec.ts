import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { minute, uuid } from '../../test/support/events.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/read-model.js';
import { directory } from '../directory/projection.js';
import { type CockpitRow, cockpitQueue } from './projection.js';
import { countQueue, type QueueFilters, type QueueReading, readQueue } from './query.js';

const RANKS = ['EMERGENCY', 'URGENT', 'ROUTINE'];
const targets = { EMERGENCY: 60, URGENT: 240, ROUTINE: 1440 };
const everything = { account_ids: '*', site_ids: '*' } as const;
const now = minute(1000);
let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('create schema dispatch_read');
  for (const { name, sql } of [cockpitQueue, directory]) {
    await client.query(sql.replaceAll(':table', `dispatch_read.${name}_v1_1`));
    await client.query(`create view dispatch_read.${name} as select * from dispatch_read.${name}_v1_1`);
  }
});
beforeEach(() => client.query('truncate dispatch_read.cockpit_queue_v1_1'));
afterAll(async () => {
  await client.end();
  await database.drop();
});

const put = (rows: readonly CockpitRow[]) =>
  client.query(
    `insert into dispatch_read.cockpit_queue_v1_1
     select * from jsonb_populate_recordset(null::dispatch_read.cockpit_queue_v1_1, $1::jsonb)`,
    [JSON.stringify(rows.map((row) => ({ ...row, key: `ticket-${row.ticket_id}`, stale: false })))],
  );

const db = {
  async query<Row extends object>(text: string, values: readonly unknown[]) {
    return client.query<Row>(text, [...values]);
  },
};

const seed = fc.record({
  state: fc.constantFrom('NEW', 'SCHEDULED', 'ON_HOLD', 'VERIFIED', 'CLOSED'),
  priority: fc.constantFrom('EMERGENCY', 'URGENT', 'ROUTINE'),
  from: fc.integer({ min: -600 * 4, max: 1100 * 4 }),
  stood: fc.integer({ min: 0, max: 1000 * 4 }),
  updated: fc.integer({ min: 0, max: 3 }),
  site: fc.integer({ min: 1, max: 3 }),
});
const queue = fc.array(seed, { maxLength: 60 }).map((all) =>
  all.map(({ state, priority, from, stood, updated, site }, n): CockpitRow => {
    const sla_clock = state === 'ON_HOLD' ? 'paused' : state === 'NEW' || state === 'SCHEDULED' ? 'running' : 'stopped';
    return {
      ticket_id: uuid(n + 1),
      account_id: uuid(2),
      site_id: uuid(site),
      state:
        state === 'NEW'
          ? 'NEW'
          : state === 'SCHEDULED'
            ? 'SCHEDULED'
            : state === 'ON_HOLD'
              ? 'ON_HOLD'
              : state === 'VERIFIED'
                ? 'VERIFIED'
                : 'CLOSED',
      priority: priority === 'EMERGENCY' ? 'EMERGENCY' : priority === 'URGENT' ? 'URGENT' : 'ROUTINE',
      incident_type: null,
      summary: 'door',
      assigned_tech_id: null,
      scheduled_start: null,
      created_at: minute(0),
      updated_at: minute(updated),
      last_transition_at: minute(0),
      sla_clock,
      held_ms: 0,
      sla_from: minute(from / 4),
      sla_at: sla_clock === 'running' ? null : minute(stood / 4),
    };
  }),
);

/** The contract's words, over an array. */
function model(rows: readonly CockpitRow[], filters: QueueFilters) {
  const timed = rows.map((row) => {
    const spent = Date.parse(row.sla_at ?? now) - Date.parse(row.sla_from);
    const left = Math.floor(targets[row.priority] - spent / 60_000);
    const status = left < 0 ? 'breach' : left <= 30 ? 'warning' : 'healthy';
    return { row, left, status, stopped: row.sla_clock === 'stopped' ? 1 : 0 };
  });
  const kept = timed.filter(
    ({ row, status }) =>
      (filters.state ? filters.state.includes(row.state) : row.state !== 'CLOSED' && row.state !== 'CANCELLED') &&
      (filters.priority?.includes(row.priority) ?? true) &&
      (filters.site_id?.includes(row.site_id) ?? true) &&
      (filters.sla_status?.some((one) => one === status) ?? true),
  );
  const order = ['breach', 'warning', 'healthy'];
  return kept.sort(
    (a, b) =>
      a.stopped - b.stopped ||
      order.indexOf(a.status) - order.indexOf(b.status) ||
      a.left - b.left ||
      RANKS.indexOf(a.row.priority) - RANKS.indexOf(b.row.priority) ||
      Date.parse(b.row.updated_at) - Date.parse(a.row.updated_at) ||
      (a.row.ticket_id < b.row.ticket_id ? -1 : 1),
  );
}

const some = <T extends string>(...values: T[]) => fc.option(fc.subarray(values), { nil: undefined });
const anyFilters: fc.Arbitrary<QueueFilters> = fc.record({
  state: some('NEW', 'ON_HOLD', 'VERIFIED', 'CLOSED'),
  priority: some('EMERGENCY', 'ROUTINE'),
  site_id: some(uuid(1), uuid(3)),
  sla_status: some('breach', 'warning', 'healthy'),
});
const reading = (filters: QueueFilters, limit: number): QueueReading => ({
  filters,
  scope: everything,
  sla: { target_minutes: targets, warning_minutes: 30 },
  now,
  limit,
});

/** All pages; `between` runs after each. */
async function walk(first: QueueReading, between: () => Promise<unknown> = async () => undefined) {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { rows, next } = await readQueue(db, { ...first, cursor });
    seen.push(...rows.map(({ ticket_id }) => ticket_id));
    cursor = next ?? undefined;
    await between();
  } while (cursor !== undefined);
  return seen;
}

test('pages and counts are those of the plain model', async () => {
  await fc.assert(
    fc
      .asyncProperty(queue, anyFilters, fc.integer({ min: 1, max: 25 }), async (rows, filters, limit) => {
        await put(rows);
        const wanted = model(rows, filters);
        expect(await walk(reading(filters, limit))).toStrictEqual(wanted.map(({ row }) => row.ticket_id));
        const counts = await countQueue(db, reading(filters, limit));
        const of = (status: string) => wanted.filter((one) => one.status === status).length;
        expect(counts.by_sla_status).toStrictEqual({
          breach: of('breach'),
          warning: of('warning'),
          healthy: of('healthy'),
        });
        expect(Object.values(counts.by_state).reduce((a, b) => a + b, 0)).toBe(wanted.length);
      })
      .beforeEach(async () => {
        await client.query('truncate dispatch_read.cockpit_queue_v1_1');
      }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);

test('a walk returns every row that stays as it was once, while others come, go and change', async () => {
  const [rows] = fc.sample(
    fc.tuple(queue, queue).map(([a, b]) => [...a, ...b]),
    { numRuns: 1, seed: 7 },
  );
  const all = (rows ?? []).map((row, n) => ({ ...row, ticket_id: uuid(n + 1) }));
  await put(all);
  const moving: string[] = all.filter((_, n) => n % 3 === 0).map(({ ticket_id }) => ticket_id);
  let turn = 0;
  const seen = await walk(reading({}, 4), () =>
    client.query(
      `update dispatch_read.cockpit_queue_v1_1 set sla_from = sla_from + interval '1 minute' * $2,
         updated_at = updated_at + interval '1 minute' where ticket_id = any($1)`,
      [moving, (turn += 1) % 2 === 0 ? 500 : -700],
    ),
  );
  const stayed: string[] = model(all, {})
    .map(({ row }) => row.ticket_id)
    .filter((id) => !moving.includes(id));
  expect(stayed.length).toBeGreaterThan(0);
  expect(seen.filter((id) => stayed.includes(id))).toStrictEqual(stayed);
});

test('a page of a long queue is read from the index', async () => {
  await client.query(
    `insert into dispatch_read.cockpit_queue_v1_1 (key, ticket_id, account_id, site_id, state, priority, summary,
       created_at, updated_at, last_transition_at, sla_clock, held_ms, sla_from)
     select n::text, n::text, 'a', 's' || n % 500, 'NEW', (array['EMERGENCY', 'URGENT', 'ROUTINE'])[1 + n % 3], 'door',
       t, t, t, 'running', 0, t
     from generate_series(1, 50000) n, lateral (select $1::timestamptz - n * interval '20 seconds' as t) times`,
    [now],
  );
  await client.query('analyze dispatch_read.cockpit_queue_v1_1');
  let plan = '';
  let took = 0;
  const explaining = {
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const { rows } = await client.query(`explain (analyze) ${text}`, [...values]);
      plan = rows.map((row) => Object.values(row).join('')).join('\n');
      took = Number(/Execution Time: ([\d.]+)/.exec(plan)?.[1]);
      return { rows: new Array<Row>() };
    },
  };
  await readQueue(explaining, reading({}, 200));
  expect(plan).toContain('priority_sla_from_idx');
  expect(plan).not.toContain('Seq Scan on cockpit_queue_v1_1');
  expect(took).toBeGreaterThan(0);
});
