import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { replay, verifyLog } from '@dispatch/audit';
import { recordPolicy, ticketBody } from '@dispatch/commands';
import { openPostgresEventStore, openPostgresLogTexts } from '@dispatch/event-store';
import { READ_MODELS } from '@dispatch/projections';
import type { Instant } from '@dispatch/ticket';
import { Client } from 'pg';
import { run } from '../../apps/cli/src/program.js';
import { type Api, at, shippedPolicy, startApi } from '../support/api.js';
import { groundOf, RESTING_STATES } from '../support/tickets.js';
import { migratedDatabase, type TestDatabase } from '../postgres/database.js';

// What the service wrote, as auditors find it, and as it is after somebody with the database's own rights was at it.

const START = Date.UTC(2026, 2, 1, 8);
let database: TestDatabase;
let api: Api;
let owner: Client;
const tickets: string[] = [];

beforeAll(async () => {
  database = await migratedDatabase();
  const store = openPostgresEventStore({ url: database.url });
  await recordPolicy(store, await shippedPolicy(), () => START, 'test');
  await store.close();
  let time = START;
  api = await startApi({ database, clock: () => (time += 1_000) });
  const ground = await groundOf(api);
  for (const state of RESTING_STATES) tickets.push(await ground.ticketIn(state));
  await ground.give('site.put', { id: ground.siteId, body: { ...ground.bodies['site.put'], city: 'Alameda' } });
  expect(await api.models.waitFor(NAMES, await api.store.head(), 60_000)).toBe(true);
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query('create table public.saved as select * from dispatch_log.events');
});
afterAll(async () => {
  await owner.end();
  await api.close();
  await database.drop();
});

const NAMES = READ_MODELS.map(({ name }) => name);

/** As a superuser who has switched off what refuses changes. */
async function behindItsBack(...statements: readonly string[]): Promise<void> {
  const all = [
    'alter table dispatch_log.events disable trigger append_only',
    ...statements,
    'alter table dispatch_log.events enable always trigger append_only',
  ];
  for (const statement of all) await owner.query(statement);
}

async function said(line: string, more: Record<string, string> = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await run(line.split(' '), {
    env: { DISPATCH_DATABASE_URL: database.url, ...more },
    printer: { line: (text) => lines.push(text), note: (text) => notes.push(text), progress: () => undefined },
    signal: new AbortController().signal,
  });
  return { code, lines, notes };
}

async function differences() {
  const texts = openPostgresLogTexts({ url: database.url });
  const found: string[] = [];
  await verifyLog(texts, {
    objectStoreSchemes: ['s3', 'minio'],
    onDifference: ({ stream, revision, position, eventId, check }) =>
      found.push(`${stream} ${revision} ${position} ${eventId} ${check}`),
  });
  await texts.close();
  return found;
}

interface Row {
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly event_id: string;
}

/** The event of a ticket that has come to its end, as the tests know it. */
async function event(revision: number): Promise<Row> {
  const { rows } = await owner.query<Row>(
    `select stream, revision, position, event_id from public.saved
     where stream = (select stream from public.saved where type = 'TicketClosed') and revision = $1`,
    [revision],
  );
  const [row] = rows;
  if (!row) throw new Error(`the closed ticket has no revision ${revision}`);
  return row;
}

const place = ({ stream, revision, position, event_id }: Row, check: string) =>
  `${stream} ${revision} ${position} ${event_id} ${check}`;
const only = ({ position }: Row) => `where position = ${position}`;

beforeEach(() =>
  behindItsBack('truncate dispatch_log.events', 'insert into dispatch_log.events select * from public.saved'),
);

test('what the service wrote verifies, log and read models, as a whole and ticket by ticket', async () => {
  const { code, lines } = await said('audit verify --all');
  expect(lines).toEqual([
    expect.stringMatching(/^log: no difference in \d+ events: \d+ commands decided again \(/),
    ...NAMES.map((name) => expect.stringMatching(new RegExp(`^${name}: no difference at position \\d+$`))),
  ]);
  expect(code).toBe(0);
  const one = await said(`audit verify --ticket ${tickets.at(-2)}`);
  expect(one).toMatchObject({
    code: 0,
    lines: [expect.stringMatching(/^log: no difference in /), ...Array(4).fill(expect.anything())],
  });
});

test('a replay as of every version and moment is what the API answers', async () => {
  const id = tickets.at(-2) ?? '';
  const whole = JSON.parse((await said(`audit replay ${id} --json`)).lines.join('\n'));
  const times: string[] = whole.steps.map((step: { at: string }) => step.at);
  expect(times.length).toBeGreaterThan(8);
  const before = (time: string) => new Date(Date.parse(time) - 1).toISOString();
  const moments = [...times.keys().map(String), ...times, ...times.slice(1).map(before)];
  for (const moment of moments) {
    const answer = await api.run('ticket.get', { id, as: 'auditor', query: `as_of=${moment}` });
    const until = /^\d+$/.test(moment) ? { version: Number(moment) } : { time: moment as Instant };
    const { ticket, steps } = await replay(api.store.read(`ticket-${id}`), until);
    expect({ moment, status: answer.status, ticket: ticket && ticketBody(ticket) }).toEqual({
      moment,
      status: 200,
      ticket: answer.json,
    });
    expect(steps).toHaveLength((ticket?.version ?? -1) + 1);
  }
  for (const moment of ['3', times[3]]) {
    const replayed = JSON.parse((await said(`audit replay ${id} --as-of ${moment} --json`)).lines.join('\n'));
    const { json } = await api.run('ticket.get', { id, as: 'auditor', query: `as_of=${moment}` });
    expect(replayed).toEqual({ ticket_id: id, steps: whole.steps.slice(0, 4), ticket: json });
  }
  for (const moment of [String(times.length), before(times[0] ?? '')]) {
    expect((await api.run('ticket.get', { id, as: 'auditor', query: `as_of=${moment}` })).status).toBe(404);
    expect(await said(`audit replay ${id} --as-of ${moment}`)).toMatchObject({ code: 1, lines: [] });
  }
  const { json } = await api.run('ticket.timeline', { id, as: 'auditor' });
  const told = at(json, 'events');
  expect(
    Array.isArray(told) && told.map((entry) => [at(entry, 'id'), at(entry, 'type'), at(entry, 'policy_version')]),
  ).toEqual(
    whole.steps.map((step: { event_id: string; type: string; policy_version: string }) => [
      step.event_id,
      step.type,
      step.policy_version,
    ]),
  );
});

test('for people a replay says who did what, from where to where, and what changed', async () => {
  const { lines } = await said(`audit replay ${tickets.at(-2)}`);
  const told = lines.join('\n');
  expect(told).toMatch(/^ticket [0-9a-f-]{36}\n\n0 {2}2026-03-01T\S+Z {2}TicketCreated {2}\(none\) → NEW\n/);
  expect(told).toMatch(
    /TechnicianCheckedIn {2}DISPATCHED → ON_SITE → IN_PROGRESS\n {3}by tech-1, tech \(HUMAN\), with tech\.check_in under policy sha256:[0-9a-f]{12}\n/,
  );
  expect(told).toMatch(/\n {3}incident_type: CANNOT_SECURE_ENTRY\n/);
  expect(told).toMatch(/\n {3}priority: ROUTINE → EMERGENCY\n/);
  expect(told).toMatch(/EvidenceAdded {2}stays IN_PROGRESS\n/);
  expect(told).toMatch(/\nAfter version \d+: CLOSED$/);
});

test.each([
  ['data', (row: Row) => `update dispatch_log.events set data = replace(data::text, ':', ': ')::json ${only(row)}`],
  [
    'metadata',
    (row: Row) =>
      `update dispatch_log.events set metadata = replace(metadata::text, 'HUMAN', 'AGENT')::json ${only(row)}`,
  ],
  ['time', (row: Row) => `update dispatch_log.events set recorded_at = recorded_at + interval '1 ms' ${only(row)}`],
])('a changed byte in %s', async (_, change) => {
  const row = await event(2);
  await behindItsBack(change(row));
  expect(await differences()).toEqual([place(row, 'hash')]);
});

test('an event that was removed', async () => {
  const row = await event(2);
  await behindItsBack(`delete from dispatch_log.events ${only(row)}`);
  const after = await event(3);
  expect(await differences()).toEqual([place(after, 'position'), place(after, 'revision')]);
});

test('two events that were swapped', async () => {
  const [first, second] = [await event(2), await event(3)];
  const from = (one: Row, other: Row) => `
    update dispatch_log.events e set event_id = s.event_id, type = s.type, schema_version = s.schema_version,
      data = s.data, metadata = s.metadata, prev_hash = s.prev_hash, hash = s.hash, recorded_at = s.recorded_at
    from public.saved s where e.position = ${one.position} and s.position = ${other.position}`;
  await behindItsBack(
    'alter table dispatch_log.events drop constraint events_event_id_key',
    from(first, second),
    from(second, first),
    'alter table dispatch_log.events add unique (event_id)',
  );
  expect(await differences()).toEqual([
    place({ ...first, event_id: second.event_id }, 'hash'),
    place({ ...second, event_id: first.event_id }, 'hash'),
    place(await event(4), 'hash'),
  ]);
});

test('an event that was inserted', async () => {
  const row = await event(2);
  const id = '00000000-0000-4000-8000-000000000001';
  // From the end, so that no two rows have a place at once.
  const { rows } = await owner.query<Row>(
    'select position from public.saved where position >= $1 order by position desc',
    [row.position],
  );
  await behindItsBack(
    ...rows.map(
      ({ position }) => `
        update dispatch_log.events set position = position + 1,
          revision = case when stream = '${row.stream}' then revision + 1 else revision end where position = ${position}`,
    ),
    `insert into dispatch_log.events
     select position, stream, revision, '${id}', type, schema_version, data, metadata, prev_hash, hash, recorded_at, octets
     from public.saved ${only(row)}`,
  );
  const pushed = { ...row, revision: row.revision + 1, position: String(Number(row.position) + 1) };
  const last = rows[0] ?? row;
  const {
    rows: [end],
  } = await owner.query<Row>('select * from dispatch_log.events order by position desc limit 1');
  expect(Number(end?.position)).toBe(Number(last.position) + 1);
  expect(await differences()).toEqual([
    place({ ...row, event_id: id }, 'hash'),
    place(pushed, 'hash'),
    // The head of the log has not moved.
    place(end ?? row, 'position'),
  ]);
});

test('a tail that was cut off while the head stays', async () => {
  const { rows } = await owner.query<Row>('select * from public.saved order by position desc limit 2');
  const [last, before] = rows;
  if (!last || !before) throw new Error('the log is too short');
  await behindItsBack(`delete from dispatch_log.events ${only(last)}`);
  expect(await differences()).toEqual([place(before, 'position')]);
});

test('what was found is printed with its place, and ends with 1; so does a read model that is not what the log says', async () => {
  const row = await event(2);
  await behindItsBack(`update dispatch_log.events set data = replace(data::text, ':', ': ')::json ${only(row)}`);
  const ticket = row.stream.slice('ticket-'.length);
  const line = `${row.stream} revision 2, position ${row.position}, event ${row.event_id}: hash: the hash is not that of what the event says`;
  const { code, lines } = await said(`audit verify --ticket ${ticket}`);
  expect(lines.slice(0, 2)).toEqual([line, expect.stringMatching(/^log: 1 difference in /)]);
  expect(code).toBe(1);

  await behindItsBack('truncate dispatch_log.events', 'insert into dispatch_log.events select * from public.saved');
  const { table } = (await api.models.status()).find(({ name }) => name === 'cockpit_queue') ?? {};
  const other = tickets[0];
  await owner.query(`update dispatch_read.${table} set summary = 'wrong' where key = $1`, [row.stream]);
  const wrong = await said(`audit verify --ticket ${ticket}`);
  expect(wrong.lines).toContainEqual(
    expect.stringMatching(new RegExp(`^  ${row.stream}: summary is "wrong", rebuilt "`)),
  );
  expect(wrong.code).toBe(1);
  expect((await said(`audit verify --ticket ${other}`)).code).toBe(0);
});

test('processes side by side find the same, and print it', async () => {
  // One in each ticket: with so many, both processes have some.
  const first = "where stream like 'ticket-%' and revision = 0";
  const { rows } = await owner.query<Row>(`select * from public.saved ${first}`);
  await behindItsBack(`update dispatch_log.events set data = replace(data::text, ':', ': ')::json ${first}`);
  const main = join(import.meta.dirname, '../../apps/cli/src/main.ts');
  const typescript = join(import.meta.dirname, '../support/typescript.mjs');
  const args = ['--import', typescript, main, 'audit', 'verify', '--all', '--processes', '2'];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, DISPATCH_DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const lines = (await text(child.stdout)).split('\n');
  expect(await exited).toEqual([1, null]);
  expect(lines.slice(0, rows.length).toSorted()).toEqual(
    rows
      .map(
        ({ stream, revision, position, event_id: id }) =>
          `${stream} revision ${revision}, position ${position}, event ${id}`,
      )
      .map((where) => `${where}: hash: the hash is not that of what the event says`)
      .toSorted(),
  );
  const { rows: all } = await owner.query('select 1 from dispatch_log.events');
  expect(lines[rows.length]).toMatch(new RegExp(`^log: ${rows.length} differences in ${all.length} events: `));
});

test('what is asked wrongly is one line and ends with 1', async () => {
  const nothing = '00000000-0000-4000-8000-000000000000';
  expect(await said(`audit verify --ticket ${nothing}`)).toMatchObject({
    code: 1,
    notes: [`error: there is no ticket ${nothing}`],
  });
  expect(await said(`audit replay ${nothing}`)).toMatchObject({
    code: 1,
    notes: [`error: there is no ticket ${nothing}`],
  });
  expect(await said('audit verify')).toMatchObject({ code: 1, notes: ['error: say either --ticket <id> or --all'] });
  expect((await said(`audit verify --all --ticket ${nothing}`)).code).toBe(1);
  const { lines, code } = await said('audit verify --all', { DISPATCH_OBJECT_STORE_SCHEMES: 's3;minio' });
  expect({ lines, code }).toEqual({ lines: [], code: 1 });
  expect(await said('audit replay mine')).toMatchObject({ code: 1, notes: [expect.stringMatching(/must be a UUID/)] });
});

test('histories are written for other programs, to a file that is not there yet', async () => {
  const [id] = tickets;
  const printed = await said(`audit history ${id} --format jsonl`);
  expect(printed.lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ ticket_id: id, version: 0, to_state: 'NEW' }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'dispatch-history-'));
  const out = join(folder, 'all.csv');
  const written = await said(`audit history --format csv --out ${out}`);
  const { rows } = await owner.query("select 1 from dispatch_log.events where stream like 'ticket-%'");
  expect(written).toMatchObject({ code: 0, lines: [], notes: [`${rows.length + 1} lines to ${out}`] });
  const csv = await readFile(out, 'utf8');
  expect(csv.split('\r\n')).toHaveLength(rows.length + 2);
  expect(await said(`audit history --format csv --out ${out}`)).toMatchObject({
    code: 1,
    notes: [`error: ${out} is there already`],
  });
  expect(await readFile(out, 'utf8')).toBe(csv);
  await rm(folder, { recursive: true });
  expect((await said('audit history --format xes')).code).toBe(1);
  expect((await said('audit history --format ocel --personal')).code).toBe(1);
});
