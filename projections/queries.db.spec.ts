import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type Happening, happened, minute, rowsOf, uuid } from '../test/support/events.js';
import { createTestDatabase, type TestDatabase } from '../test/support/read-model.js';
import { directory } from './directory/projection.js';
import { listDirectory } from './directory/query.js';
import { jobPacket } from './job-packet/projection.js';
import { findJobPacket } from './job-packet/query.js';
import { operations } from './operations/projection.js';
import {
  countBreaches,
  countByState,
  countStuckScheduling,
  countTransitions,
  throughputByDay,
  timeInState,
} from './operations/query.js';
import { InvalidCursor } from './sql.js';
import { tickets } from './tickets/projection.js';
import { listTickets, type TicketListing } from './tickets/query.js';

const everything = { account_ids: '*', site_ids: '*' } as const;
const ids = [uuid(1), uuid(2), uuid(3)] as const;
let database: TestDatabase;
let client: Client;
const db = {
  async query<Row extends object>(text: string, values: readonly unknown[]) {
    return client.query<Row>(text, [...values]);
  },
};

async function put(name: string, stream: string, row: object | undefined) {
  await client.query(
    `insert into dispatch_read.${name}_1 select * from jsonb_populate_recordset(null::dispatch_read.${name}_1, $1::jsonb)`,
    [JSON.stringify([{ ...row, key: stream, stale: false }])],
  );
}

const histories: readonly (readonly Happening[])[] = [
  [happened('TicketCreated', { summary: 'Gate 100% stuck' }), happened('TicketTriaged')],
  [happened('TicketCreated', { siteId: uuid(30), description: 'the GATE squeaks' })],
  [happened('TicketCreated'), happened('TechnicianCheckedIn'), happened('TicketClosed')],
];
const contact = { phone: null, email: null, role: null, is_authorized_approver: false };
const site = happenedSite();
function happenedSite(): Happening {
  const contacts = [
    { ...contact, name: 'no requester', escalation_level: 0, is_authorized_requester: false },
    { ...contact, name: 'second', escalation_level: 10, is_authorized_requester: true },
    { ...contact, name: 'first', escalation_level: 9, is_authorized_requester: true },
    { ...contact, name: 'no level', escalation_level: null, is_authorized_requester: true },
  ];
  return { type: 'SiteStated', data: { account_id: uuid(2), name: 'Mall', city: 'Reno', contacts } };
}

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('create schema dispatch_read');
  for (const { name, sql } of [tickets, jobPacket, operations, directory]) {
    await client.query(sql.replaceAll(':table', `dispatch_read.${name}_1`));
    await client.query(`create view dispatch_read.${name} as select * from dispatch_read.${name}_1`);
  }
  for (const [n, history] of histories.entries()) {
    const stream = `ticket-${ids[n]}`;
    await put('tickets', stream, rowsOf(tickets, stream, history).at(-1));
    await put('job_packet', stream, rowsOf(jobPacket, stream, history).at(-1));
    await put('operations', stream, rowsOf(operations, stream, history).at(-1));
  }
  const stated: readonly (readonly [string, Happening])[] = [
    [`site-${uuid(3)}`, site],
    [`site-${uuid(31)}`, site],
    [`technician-${uuid(4)}`, { type: 'TechnicianStated', data: { name: 'Tess' } }],
  ];
  for (const [stream, happening] of stated) {
    const again = [happening, happening];
    await put('directory', stream, rowsOf(directory, stream, again).at(-1));
  }
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const listed = async (listing: Partial<TicketListing>) => {
  const { rows, next } = await listTickets(db, { filters: {}, scope: everything, limit: 10, ...listing });
  return { found: rows.map(({ id }) => id), next };
};

test('tickets: newest change first, page by page', async () => {
  const first = await listed({ limit: 2 });
  expect(first).toStrictEqual({ found: [ids[2], ids[0]], next: expect.any(String) });
  expect(await listed({ limit: 2, cursor: first.next ?? '' })).toStrictEqual({ found: [ids[1]], next: null });
});

test.each<[string, Partial<TicketListing>, readonly string[]]>([
  ['state', { filters: { state: ['NEW', 'CLOSED'] } }, [ids[2], ids[1]]],
  ['priority', { filters: { priority: ['URGENT'] } }, [ids[0]]],
  ['site', { filters: { site_id: [uuid(30)] } }, [ids[1]]],
  ['incident type', { filters: { incident_type: ['DOOR_WONT_LATCH'] } }, [ids[0]]],
  ['words in any case', { q: 'gAtE' }, [ids[0], ids[1]]],
  ['words as they stand', { q: '100%' }, [ids[0]]],
  ['scope', { scope: { account_ids: '*', site_ids: [uuid(30)] } }, [ids[1]]],
  ['empty scope', { scope: { account_ids: [], site_ids: '*' } }, []],
])('tickets: by %s', async (_what, listing, found) => {
  expect((await listed(listing)).found).toStrictEqual(found);
});

test.each(['', 'x', Buffer.from('["yesterday","x"]').toString('base64url')])(
  'a cursor "%s" is refused',
  async (cursor) => {
    await expect(listed({ cursor })).rejects.toThrow(InvalidCursor);
  },
);

test('directory: by id, within the scope', async () => {
  const page = { scope: everything, limit: 1 };
  const first = await listDirectory(db, 'site', page);
  expect(first.rows).toMatchObject([{ id: uuid(3), version: 1, created_at: minute(0), updated_at: minute(1) }]);
  const second = await listDirectory(db, 'site', { ...page, cursor: first.next ?? '' });
  expect(second).toMatchObject({ rows: [{ id: uuid(31), entity: site.data }], next: null });
  const scoped = await listDirectory(db, 'site', { scope: { account_ids: '*', site_ids: [uuid(31)] }, limit: 5 });
  expect(scoped.rows.map(({ id }) => id)).toStrictEqual([uuid(31)]);
  expect((await listDirectory(db, 'technician', page)).rows).toMatchObject([{ name: 'Tess' }]);
});

test('job packet: with site and the contact of lowest level', async () => {
  const found = await findJobPacket(db, ids[0]);
  expect(found).toMatchObject({ ticket: { id: ids[0] }, site: site.data, checklist_source: 'none_recorded' });
  expect(found?.contact).toStrictEqual({ name: 'first', phone: null, role: null });
  expect(await findJobPacket(db, ids[1])).toMatchObject({ site: null, contact: null });
  expect(await findJobPacket(db, uuid(99))).toBeUndefined();
});

test('operations: the numbers of all tickets', async () => {
  expect(await countByState(db)).toStrictEqual([
    { state: 'CLOSED', count: 1 },
    { state: 'NEW', count: 1 },
    { state: 'READY_TO_SCHEDULE', count: 1 },
  ]);
  const transitions = (await countTransitions(db)).map((one) => `${one.from_state} ${one.to_state} ${one.count}`);
  expect(transitions).toStrictEqual([
    'null NEW 3',
    'IN_PROGRESS CLOSED 1',
    'NEW ON_SITE 1',
    'NEW READY_TO_SCHEDULE 1',
    'ON_SITE IN_PROGRESS 1',
  ]);
  expect(await timeInState(db)).toContainEqual({ state: 'NEW', tickets: 2, mean_ms: 60_000 });
  expect(await countStuckScheduling(db, minute(1))).toBe(0);
  expect(await countStuckScheduling(db, minute(2))).toBe(1);
  const target_minutes = { URGENT: 240, ROUTINE: 1440 };
  expect(await countBreaches(db, { now: minute(240), target_minutes })).toBe(0);
  expect(await countBreaches(db, { now: minute(241), target_minutes })).toBe(1);
  expect(await throughputByDay(db, minute(0))).toStrictEqual([
    { day: '2026-01-05', created: 3, closed: 1, cancelled: 0 },
  ]);
});
