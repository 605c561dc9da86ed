import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, at, outcomeOf, startApi, textAt } from '../support/api.js';
import { dispatcher, isAbout, listenTo } from '../support/stream.js';
import { groundOf, type Tickets } from '../support/tickets.js';

// The whole contract runs on this log with DISPATCH_TEST_LOG=eventstoredb; this is what always does.
let api: Api;
/** Another node on the same log. */
let other: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi({ log: 'eventstoredb' });
  other = await startApi({ log: 'eventstoredb', database: api.database, projections: false });
  tickets = await groundOf(api);
});
afterAll(async () => {
  await other.close();
  await api.close();
});

test('a ticket is led to its close, and its timeline tells each step', async () => {
  const id = await tickets.ticketIn('CLOSED');
  const timeline = await other.run('ticket.timeline', { id });
  const events = at(timeline.json, 'events') as { sequence: number; after_state: string }[];
  expect(events.at(-1)?.after_state).toBe('CLOSED');
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n));
  expect(at((await other.run('ticket.get', { id })).json, 'state')).toBe('CLOSED');
});

test('a command is one event, however often and wherever it is sent, and its key is for it alone', async () => {
  const [id, elsewhere] = [await tickets.ticketIn('NEW'), await tickets.ticketIn('NEW')];
  const asked = { id, key: randomUUID(), body: tickets.bodies['ticket.request_info'] };
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? api : other).run('ticket.request_info', asked)),
  );
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(replies.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(19);
  expect(at((await api.run('ticket.get', { id })).json, 'version')).toBe(1);

  for (const mismatch of [
    { ...asked, id: elsewhere },
    { ...asked, body: { ...asked.body, message: 'Something else' } },
  ])
    expect(outcomeOf(await other.run('ticket.request_info', mismatch))).toBe('409 IDEMPOTENCY_PAYLOAD_MISMATCH');
  expect(at((await other.run('ticket.get', { id: elsewhere })).json, 'version')).toBe(0);
});

test('of rival commands on two nodes one wins, and a refused key may be used again', async () => {
  const id = await tickets.ticketIn('NEW');
  const rivals = Array.from({ length: 8 }, (_, n) => ({ node: n % 2 === 0 ? api : other, key: randomUUID() }));
  const body = tickets.bodies['ticket.request_info'];
  const outcomes = await Promise.all(
    rivals.map(async ({ node, key }) => ({
      key,
      told: outcomeOf(await node.run('ticket.request_info', { id, key, body })),
    })),
  );
  const refused = outcomes.filter(({ told }) => told === '409 INVALID_STATE_TRANSITION');
  expect([outcomes.filter(({ told }) => told === '200').length, refused.length]).toEqual([1, 7]);
  const again = { id: await tickets.ticketIn('NEW'), key: refused[0]?.key, body };
  expect(outcomeOf(await api.run('ticket.request_info', again))).toBe('200');
});

test('what was written is read at once, here and where its position is sent', async () => {
  const written = await tickets.give('ticket.create');
  const id = textAt(written, 'id');
  const query = `site_id=${tickets.siteId}&limit=200`;
  const here = await api.run('ticket.list', { query });
  const headers = { 'dispatch-min-position': written.headers['dispatch-position'] };
  const there = await other.run('ticket.list', { query, headers });
  for (const { status, text, headers: told } of [here, there]) {
    expect([status, text.includes(id), told['dispatch-stale']]).toEqual([200, true, undefined]);
  }
});

test('pages are told of changes on another node, and go on where they were', async () => {
  const first = await listenTo(other.url);
  await first.until(({ event }) => event === 'position');
  const known = await tickets.ticketIn('NEW');
  const { id: last = '' } = await first.until(isAbout(known));
  first.stop();
  const [away, another] = [await tickets.ticketIn('NEW'), await tickets.ticketIn('NEW')];
  const second = await listenTo(other.url, { ...dispatcher, 'last-event-id': last });
  await second.until(isAbout(another));
  const told = second.messages.filter(({ event }) => event === 'ticket').map(({ data }) => at(data, 'ticket_id'));
  expect(told).toEqual([away, another]);
  second.stop();
  // Where no event stands in this log.
  const off = await listenTo(other.url, { ...dispatcher, 'last-event-id': String(BigInt(last) - 1n) });
  await off.until(({ event }) => event === 'position');
  off.stop();
});

test('a body that the contract allows and the log does not take is refused, and its key stays free', async () => {
  const id = await tickets.ticketIn('NEW');
  const key = randomUUID();
  const body = { kind: 'PHOTO', uri: 's3://evidence/1.jpg' };
  const large = { ...body, metadata: { text: 'x'.repeat(2 ** 20 - 200) } };
  expect(outcomeOf(await api.run('closeout.add_evidence', { id, key, body: large }))).toBe('413 PAYLOAD_TOO_LARGE');
  expect(at((await other.run('ticket.get', { id })).json, 'version')).toBe(0);
  expect(outcomeOf(await other.run('closeout.add_evidence', { id, key, body }))).toBe('201');
});
