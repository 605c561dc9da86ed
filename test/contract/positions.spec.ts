import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type Api, at, outcomeOf, type Reply, startApi, textAt } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { body, expectError } from './error-body.js';

/** Writes, reads, and keeps the read models up to date. */
let api: Api;
/** A second process over the same database, that keeps none, and has little patience. */
let second: Api;
let tickets: Tickets;
let owner: Client;
beforeAll(async () => {
  api = await startApi({ readWaitMs: 30_000 });
  second = await startApi({ database: api.database, projections: false, readWaitMs: 100 });
  tickets = await groundOf(api);
  owner = new Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await second.close();
  await api.close();
});

const positionOf = ({ headers }: Reply) => Number(headers['dispatch-position']);
const refusals = ({ json }: Reply) => at(json, 'error.code');

/** Every read of a read model: what is written for it, and what it shows of it. */
const READS = [
  {
    tool: 'ticket.list',
    write: async () => writtenTicket(await tickets.give('ticket.create')),
    shown: ({ json }: Reply) => at(json, 'tickets.0.id'),
  },
  {
    tool: 'dispatcher.cockpit',
    write: async () => {
      const siteId = randomUUID();
      await tickets.give('site.put', { id: siteId });
      const asked = { ...tickets.bodies['ticket.create'], site_id: siteId };
      return { ...writtenTicket(await tickets.give('ticket.create', { body: asked })), query: `site_id=${siteId}` };
    },
    shown: ({ json }: Reply) => at(json, 'queue.0.ticket_id'),
  },
  {
    tool: 'tech.job_packet',
    write: async () => writtenTicket(await tickets.give('ticket.create')),
    shown: ({ json }: Reply) => at(json, 'packet.header.ticket_id'),
  },
  ...(['account', 'site', 'technician'] as const).map((kind) => ({
    tool: `${kind}.list`,
    write: async () => {
      const id = randomUUID();
      return { id, reply: await tickets.give(`${kind}.put`, { id }), query: undefined };
    },
    shown: ({ json }: Reply, id: string) => {
      const listed = at(json, `${kind}s`);
      return Array.isArray(listed) ? listed.map((one) => at(one, 'id')).find((one) => one === id) : undefined;
    },
  })),
];

const writtenTicket = (reply: Reply): { id: string; reply: Reply; query?: string } => ({
  id: textAt(reply, 'id'),
  reply,
});

describe.each(READS)('$tool', ({ tool, write, shown }) => {
  test('shows at once what this node has just written, without a header', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { id, reply, query } = await write();
      const read = await api.run(tool, { id, query });
      expect([read.status, shown(read, id)]).toEqual([200, id]);
      expect(positionOf(read)).toBeGreaterThanOrEqual(positionOf(reply));
      expect(read.headers).not.toHaveProperty('dispatch-stale');
    }
  });

  test('shows on another node what the position asks for', async () => {
    const { id, reply, query } = await write();
    const patient = await startApi({ database: api.database, projections: false, readWaitMs: 30_000 });
    const headers = { 'dispatch-min-position': reply.headers['dispatch-position'] };
    const read = await patient.run(tool, { id, query, headers });
    await patient.close();
    expect([read.status, shown(read, id)]).toEqual([200, id]);
    expect(positionOf(read)).toBeGreaterThanOrEqual(positionOf(reply));
  });

  test('does not answer for a position that is not reached in time', async () => {
    const { id, query } = await write();
    await api.run(tool, { id, query });
    const read = await second.run(tool, { id, query, headers: { 'dispatch-min-position': '999999999' } });
    expectError(
      read,
      503,
      body('READ_MODEL_BEHIND', { min_position: '999999999', position: expect.stringMatching(/^\d+$/) }, null),
    );
    expect(read.headers['retry-after']).toBe('1');
  });

  test.each(['', '-1', '1.5', '0x1', 'start', '1 2', '1, 2', '9'.repeat(21), '\u0661'])(
    'refuses a position such as %j',
    async (position) => {
      const headers = { 'dispatch-min-position': Buffer.from(position).toString('latin1') };
      const read = await api.run(tool, { id: randomUUID(), headers });
      expect([outcomeOf(read), at(read.json, 'error.fields.0.field')]).toEqual([
        '400 INVALID_REQUEST',
        'Dispatch-Min-Position',
      ]);
    },
  );
});

test('a position is read as a number', async () => {
  for (const position of ['0', '000', '0001', ' 1 '])
    expect(outcomeOf(await second.run('ticket.list', { headers: { 'dispatch-min-position': position } }))).toBe('200');
});

test('a repeated command tells the position of the first', async () => {
  const ask = { key: randomUUID() };
  const [first, again] = [await tickets.give('ticket.create', ask), await tickets.give('ticket.create', ask)];
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.headers['dispatch-position']).toBe(first.headers['dispatch-position']);
  const put = { id: randomUUID(), key: randomUUID() };
  const stated = await tickets.give('account.put', put);
  expect((await tickets.give('account.put', put)).headers['dispatch-position']).toBe(
    stated.headers['dispatch-position'],
  );
});

describe('while the projections stand still', () => {
  let written: Reply;
  const id = () => textAt(written, 'id');
  beforeAll(async () => {
    await api.run('ticket.list');
    // Checkpoints cannot be moved, and so nothing is folded in; everybody may read.
    await owner.query('begin');
    await owner.query('lock table dispatch_read.projections in share mode');
    written = await second.run('ticket.create', { body: tickets.bodies['ticket.create'] });
    expect(outcomeOf(written)).toBe('201');
  });
  afterAll(() => owner.query('rollback'));

  test.each(READS.map(({ tool }) => tool).filter((tool) => tool !== 'tech.job_packet'))(
    '%s answers the writer with what there is, and says that it is stale',
    async (tool) => {
      const read = await second.run(tool);
      expect([read.status, read.headers['dispatch-stale']]).toEqual([200, 'true']);
      expect(positionOf(read)).toBeLessThan(positionOf(written));
      expect(read.text).not.toContain(id());
    },
  );

  test('a ticket that the packet does not have yet is not one that does not exist', async () => {
    expect(outcomeOf(await second.run('tech.job_packet', { id: id() }))).toBe('503 READ_MODEL_BEHIND');
    expect(outcomeOf(await second.run('tech.job_packet', { id: randomUUID() }))).toBe('404 TICKET_NOT_FOUND');
  });

  test('who asks for the position gets no answer, and nobody else is kept', async () => {
    const headers = { 'dispatch-min-position': written.headers['dispatch-position'] };
    expect(refusals(await second.run('ticket.list', { headers }))).toBe('READ_MODEL_BEHIND');
    const third = await startApi({ database: api.database, projections: false });
    const read = await third.run('ticket.list');
    await third.close();
    expect([read.status, read.headers['dispatch-stale']]).toEqual([200, undefined]);
  });

  test('they go on, and the same request is answered', async () => {
    await owner.query('rollback');
    const headers = { 'dispatch-min-position': written.headers['dispatch-position'] };
    const read = await api.run('ticket.list', { headers });
    expect(at(read.json, 'tickets.0.id')).toBe(id());
  });
});

test('an answer with a row that is held back says that it is stale', async () => {
  const siteId = randomUUID();
  await tickets.give('site.put', { id: siteId });
  const asked = { ...tickets.bodies['ticket.create'], site_id: siteId };
  const id = textAt(await tickets.give('ticket.create', { body: asked }), 'id');
  const everywhere = () =>
    Promise.all([
      api.run('ticket.list', { query: `site_id=${siteId}` }),
      api.run('dispatcher.cockpit', { query: `site_id=${siteId}` }),
      api.run('tech.job_packet', { id }),
      api.run('site.list', { query: 'limit=500' }),
    ]);
  const staleness = async () => (await everywhere()).map(({ headers }) => headers['dispatch-stale']);
  expect(await staleness()).toEqual([undefined, undefined, undefined, undefined]);
  for (const name of ['tickets', 'cockpit_queue', 'job_packet'])
    await owner.query(`update dispatch_read.${name} set stale = true where key = $1`, [`ticket-${id}`]);
  expect(await staleness()).toEqual(['true', 'true', 'true', undefined]);
  await owner.query('update dispatch_read.directory set stale = true where key = $1', [`site-${siteId}`]);
  expect(await staleness()).toEqual(['true', 'true', 'true', 'true']);
});

test('a service whose read models are not there yet says so', async () => {
  const early = await startApi({ projections: false, readWaitMs: 10 });
  for (const tool of READS.map((read) => read.tool))
    expect([tool, outcomeOf(await early.run(tool, { id: randomUUID() }))]).toEqual([tool, '503 READ_MODEL_BEHIND']);
  await early.close();
});

test('a connection that is lost while it is read is no fault of the request, and tells no detail', async () => {
  await owner.query('begin');
  await owner.query('lock table dispatch_read.tickets in access exclusive mode');
  const reading = second.run('ticket.list');
  const blocked = `select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%dispatch_read.tickets%'
      and pid <> pg_backend_pid() and query not like 'lock%'`;
  let answered = false;
  const read = reading.finally(() => {
    answered = true;
  });
  // A read model that is just being written may wait for the table too.
  while (!answered) {
    const { rows } = await owner.query<{ pid: number }>(blocked);
    for (const { pid } of rows) await owner.query('select pg_terminate_backend($1)', [pid]);
  }
  await owner.query('rollback');
  const lost = await read;
  expectError(lost, 503, body('SERVICE_UNAVAILABLE', {}, null));
  expect(lost.headers['retry-after']).toBe('1');
  expect(lost.text).not.toMatch(/terminat|dispatch_read|select/i);
  expect(outcomeOf(await second.run('ticket.list'))).toBe('200');
});
