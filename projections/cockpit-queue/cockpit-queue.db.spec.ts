import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { minute, uuid } from '../../test/support/events.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/read-model.js';
import { directory } from '../directory/projection.js';
import { PRIORITIES, STATES } from '@dispatch/ticket';
import { type CockpitRow, cockpitQueue } from './projection.js';
import { countQueue, type QueueFilters, type QueueReading, readQueue } from './query.js';

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
     select * from jsonb_populate_recordset(null::dispatch_read.cockpit_queue_v1_1, $1::jsonb)
     on conflict (key) do update set (state, sla_clock, sla_from, sla_at, left_ms, updated_at) =
       (excluded.state, excluded.sla_clock, excluded.sla_from, excluded.sla_at, excluded.left_ms, excluded.updated_at)`,
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
  // Quarters of a minute, and whole bunches of tickets in the same one.
  from: fc.oneof(fc.integer({ min: -600 * 4, max: 1100 * 4 }), fc.constantFrom(3760, 3761, 3880)),
  stood: fc.integer({ min: 0, max: 1000 * 4 }),
  updated: fc.integer({ min: 0, max: 3 }),
  account: fc.integer({ min: 1, max: 6 }),
  site: fc.integer({ min: 1, max: 3 }),
  tech: fc.constantFrom(null, uuid(1), uuid(2)),
  incident: fc.constantFrom(null, 'DOOR', 'GLASS'),
});
type Seed = typeof seed extends fc.Arbitrary<infer One> ? One : never;

function rowOf({ state, priority, from, stood, updated, account, site, tech, incident }: Seed, n: number): CockpitRow {
  const sla_clock = state === 'ON_HOLD' ? 'paused' : state === 'NEW' || state === 'SCHEDULED' ? 'running' : 'stopped';
  const sla_from = minute(from / 4);
  const sla_at = sla_clock === 'running' ? null : minute(stood / 4);
  return {
    ticket_id: uuid(n + 1),
    account_id: uuid(account),
    site_id: uuid(site),
    state: STATES.find((one) => one === state) ?? 'NEW',
    priority: PRIORITIES.find((one) => one === priority) ?? 'ROUTINE',
    incident_type: incident,
    summary: 'door',
    assigned_tech_id: tech,
    scheduled_start: null,
    created_at: minute(0),
    updated_at: minute(updated),
    last_transition_at: minute(0),
    sla_clock,
    held_ms: 0,
    sla_from,
    sla_at,
    left_ms: Date.parse(sla_from) - (sla_at === null ? 0 : Date.parse(sla_at)),
  };
}
const queue = fc.array(seed, { maxLength: 60 }).map((all) => all.map(rowOf));

/** The contract's words, over an array. */
function model(rows: readonly CockpitRow[], filters: QueueFilters, scope: QueueReading['scope'] = everything) {
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
      (filters.account_id?.includes(row.account_id) ?? true) &&
      (filters.site_id?.includes(row.site_id) ?? true) &&
      (filters.assigned_tech_id?.includes(row.assigned_tech_id ?? '') ?? true) &&
      (filters.incident_type?.includes(row.incident_type ?? '') ?? true) &&
      (scope.account_ids === '*' || scope.account_ids.includes(row.account_id)) &&
      (scope.site_ids === '*' || scope.site_ids.includes(row.site_id)) &&
      (filters.sla_status?.some((one) => one === status) ?? true),
  );
  const order = ['breach', 'warning', 'healthy'];
  return kept.sort(
    (a, b) =>
      a.stopped - b.stopped ||
      order.indexOf(a.status) - order.indexOf(b.status) ||
      a.left - b.left ||
      PRIORITIES.indexOf(a.row.priority) - PRIORITIES.indexOf(b.row.priority) ||
      Date.parse(b.row.updated_at) - Date.parse(a.row.updated_at) ||
      (a.row.ticket_id < b.row.ticket_id ? -1 : 1),
  );
}

const some = <T extends string>(...values: T[]) => fc.option(fc.subarray(values), { nil: undefined });
const rarely = <T extends string>(...values: T[]) => fc.option(fc.subarray(values), { nil: undefined, freq: 1 });
const anyFilters: fc.Arbitrary<QueueFilters> = fc.record({
  state: some('NEW', 'ON_HOLD', 'VERIFIED', 'CLOSED'),
  priority: some('EMERGENCY', 'ROUTINE'),
  account_id: rarely(uuid(1), uuid(2), uuid(3), uuid(4), uuid(5), uuid(6)),
  site_id: rarely(uuid(1), uuid(3)),
  assigned_tech_id: rarely(uuid(1), uuid(2)),
  incident_type: rarely('DOOR', 'GLASS'),
  sla_status: some('breach', 'warning', 'healthy'),
});
const anyScope = fc.record({
  account_ids: fc.oneof(fc.constant('*' as const), fc.subarray([1, 2, 3, 4, 5, 6].map(uuid), { minLength: 4 })),
  site_ids: fc.oneof(
    { weight: 3, arbitrary: fc.constant('*' as const) },
    { weight: 1, arbitrary: fc.constant([uuid(2)]) },
  ),
});
const reading = (filters: QueueFilters, limit: number, scope: QueueReading['scope'] = everything): QueueReading => ({
  filters,
  scope,
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
      .asyncProperty(
        queue,
        anyFilters,
        anyScope,
        fc.integer({ min: 1, max: 25 }),
        async (rows, filters, scope, limit) => {
          await put(rows);
          const wanted = model(rows, filters, scope);
          expect(await walk(reading(filters, limit, scope))).toStrictEqual(wanted.map(({ row }) => row.ticket_id));
          const counts = await countQueue(db, reading(filters, limit, scope));
          const of = (status: string) => wanted.filter((one) => one.status === status).length;
          expect(counts.by_sla_status).toStrictEqual({
            breach: of('breach'),
            warning: of('warning'),
            healthy: of('healthy'),
          });
          expect(Object.values(counts.by_state).reduce((a, b) => a + b, 0)).toBe(wanted.length);
        },
      )
      .beforeEach(async () => {
        await client.query('truncate dispatch_read.cockpit_queue_v1_1');
      }),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
});

test('a walk returns every row that stays as it was once, while others come, go and change', async () => {
  const change = fc.record({ which: fc.nat(), to: seed });
  await fc.assert(
    fc
      .asyncProperty(
        fc.array(seed, { minLength: 30, maxLength: 60 }),
        fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (seeds, turns, limit) => {
          const all = seeds.map(rowOf);
          await put(all);
          const touched = new Set<string>();
          let turn = 0;
          const seen = await walk(reading({}, limit), async () => {
            // Two thirds of the rows stay; the numbers behind them are new rows.
            const rows = (turns[turn] ?? []).map(({ which, to }) => rowOf(to, 3 * (which % all.length)));
            for (const { ticket_id } of rows) touched.add(ticket_id);
            turn += 1;
            if (rows.length > 0) await put([...new Map(rows.map((row) => [row.ticket_id, row])).values()]);
          });
          const stayed: string[] = model(all, {})
            .map(({ row }) => row.ticket_id)
            .filter((id) => !touched.has(id));
          expect(seen.filter((id) => !touched.has(id))).toStrictEqual(stayed);
        },
      )
      .beforeEach(async () => {
        await client.query('truncate dispatch_read.cockpit_queue_v1_1');
      }),
    { numRuns: 25, interruptAfterTimeLimit: 15_000 },
  );
});

test("the pages after the first are of the first one's time", async () => {
  const rows = fc
    .sample(fc.array(seed, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 3 })
    .flat()
    .map(rowOf);
  await put(rows);
  const first = await readQueue(db, reading({}, 5));
  const wanted = model(rows, {}).map(({ row }) => row.ticket_id);
  const second = await readQueue(db, { ...reading({}, 100), now: minute(5000), cursor: first.next ?? undefined });
  expect(second.as_of).toBe(now);
  expect([...first.rows, ...second.rows].map(({ ticket_id }) => ticket_id)).toStrictEqual(wanted);
});

test('a row has its clock in whole words and its site from the directory', async () => {
  await client.query(
    `insert into dispatch_read.directory_v1_1 (key, kind, id, name, entity, version, created_at, updated_at)
     values ('site-1', 'site', $1, 'Mall', '{"city": "Reno", "region": null}', 0, now(), now())`,
    [uuid(1)],
  );
  const common = { priority: 'URGENT', updated: 3, account: 1, tech: null, incident: null } as const;
  const rows = [
    rowOf({ ...common, state: 'NEW', from: 4 * 800, stood: 0, site: 1 }, 0),
    rowOf({ ...common, state: 'ON_HOLD', from: 4 * 100, stood: 4 * 150, site: 2 }, 1),
    rowOf({ ...common, state: 'VERIFIED', from: 4 * 100, stood: 4 * 400, site: 1 }, 2),
  ];
  await put(rows.map((row) => ({ ...row, scheduled_start: minute(60), last_transition_at: minute(0.001) })));
  const page = await readQueue(db, reading({}, 10));
  const shared = { priority: 'URGENT', sla_target_minutes: 240, scheduled_start: minute(60), updated_at: minute(3) };
  const mall = { site_name: 'Mall', site_city: 'Reno', site_region: null };
  expect(page.rows).toMatchObject([
    { ...shared, ...mall, sla_timer_remaining_minutes: 40, sla_status: 'healthy', sla_deadline_at: minute(1040) },
    // Held for 850 minutes so far, with 190 left when it began.
    {
      ...shared,
      site_name: null,
      sla_timer_remaining_minutes: 190,
      sla_deadline_at: minute(1190),
      sla_clock: 'paused',
    },
    { ...shared, ...mall, sla_timer_remaining_minutes: -60, sla_status: 'breach', sla_deadline_at: minute(340) },
  ]);
  expect(page.rows[0]?.last_transition_at).toBe(minute(0.001));
});

test.each([
  { filters: {} },
  { filters: { state: ['NEW', 'SCHEDULED'] } },
  { filters: { sla_status: ['warning'] as const } },
  { filters: { incident_type: ['GLASS'] } },
  { filters: { site_id: ['s7'] } },
])('a page of a long queue and its counts are read from indexes: $filters', async ({ filters }) => {
  await client.query(
    `insert into dispatch_read.cockpit_queue_v1_1 (key, ticket_id, account_id, site_id, state, priority, summary,
       created_at, updated_at, last_transition_at, sla_clock, held_ms, sla_from, left_ms, incident_type)
     select n::text, n::text, 'a', 's' || n % 500, (array['NEW', 'SCHEDULED', 'TRIAGED'])[1 + n % 3],
       (array['EMERGENCY', 'URGENT', 'ROUTINE'])[1 + n % 3], 'door', t, t, t, 'running', 0, t,
       (extract(epoch from t) * 1000)::bigint, (array['DOOR', 'GLASS'])[1 + n % 2]
     from generate_series(1, 20000) n, lateral (select $1::timestamptz - n * interval '20 seconds' as t) times`,
    [now],
  );
  await client.query('vacuum (analyze) dispatch_read.cockpit_queue_v1_1');
  const plans: string[] = [];
  const explaining = {
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const { rows } = await client.query(`explain (analyze, timing off) ${text}`, [...values]);
      plans.push(rows.map((row) => Object.values(row).join('')).join('\n'));
      return { rows: new Array<Row>() };
    },
  };
  await readQueue(explaining, reading(filters, 200));
  await countQueue(explaining, reading(filters, 200));
  expect(plans).toHaveLength(2);
  for (const plan of plans) {
    expect(plan).toMatch(/Index (Only )?Scan (using|on) cockpit_queue_v1_1/);
    expect(plan).not.toContain('Seq Scan on cockpit_queue_v1_1');
  }
});
