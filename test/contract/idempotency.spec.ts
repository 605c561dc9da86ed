import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, type Reply, startApi, textAt } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

let api: Api;
/** Another node on the same database. */
let other: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi();
  other = await startApi({ database: api.database });
  tickets = await groundOf(api);
});
afterAll(async () => {
  await other.close();
  await api.close();
});

const EVENTS = [
  'etag',
  'dispatch-position',
  'dispatch-event-id',
  'content-type',
] as const satisfies readonly (keyof Reply['headers'])[];

function expectReplayOf(first: Reply, again: Reply): void {
  expect({ status: again.status, text: again.text }).toEqual({ status: first.status, text: first.text });
  for (const name of EVENTS) expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expect(again.headers['idempotency-replayed']).toBe('true');
}

const versionOf = async (id: string): Promise<unknown> => at((await api.run('ticket.get', { id })).json, 'version');

test('every command of a life is repeated byte for byte after the ticket has moved on, here and on another node', async () => {
  const asked: { readonly first: Reply; readonly again: (node: Api) => Promise<Reply> }[] = [];
  const give = async (tool: Parameters<Tickets['give']>[0], id: string | undefined, more: object = {}) => {
    const ask = { id, key: randomUUID(), body: { ...tickets.bodies[tool], ...more } };
    const as = api.policy.tool(tool)?.roles[0];
    const first = await api.run(tool, { ...ask, as });
    expect(first.status).toBeLessThan(300);
    asked.push({ first, again: (node) => node.run(tool, { ...ask, as }) });
    return first;
  };
  const id = textAt(await give('ticket.create', undefined), 'id');
  await give('closeout.add_evidence', id);
  await give('ticket.triage', id);
  await give('assignment.dispatch', id);
  await give('tech.check_in', id);
  const approval_id = textAt(await give('tech.request_change', id), 'approval.id');
  await give('approval.decide', id, { approval_id });
  await give('work.hold', id);
  await give('work.resume', id);
  await give('ticket.cancel', id);

  const head = await api.store.head();
  for (const { first, again } of asked) for (const node of [api, other]) expectReplayOf(first, await again(node));
  expect(await api.store.head()).toBe(head);
});

test('after a restart on the same database, the first answer is given again', async () => {
  const ask = { key: randomUUID(), body: { ...tickets.bodies['ticket.create'], description: 'ünï – 🔧' } };
  const first = await api.run('ticket.create', ask);
  const restarted = await startApi({ database: api.database });
  try {
    expectReplayOf(first, await restarted.run('ticket.create', ask));
  } finally {
    await restarted.close();
  }
});

test('the order of keys, white space and the spelling of strings and numbers are no content', async () => {
  const id = await tickets.ticketIn('NEW');
  const key = randomUUID();
  const send = (body: string) => api.run('ticket.triage', { id, key, body });
  const first = await send('{"priority":"URGENT","incident_type":"X","nte_cents":100,"risk_flags":["a","b"]}');
  expect(first.status).toBe(200);
  const same = ' { "risk_flags" : [ "\\u0061" , "b" ],\n"nte_cents":1e2, "incident_type":"X", "priority":"URGENT"}';
  expectReplayOf(first, await send(same));
  for (const body of [
    '{"priority":"URGENT","incident_type":"X","nte_cents":100,"risk_flags":["b","a"]}',
    same.replace('X', 'x'),
  ])
    expect(outcomeOf(await send(body))).toBe('409 IDEMPOTENCY_PAYLOAD_MISMATCH');
});

test('key, path id and endpoint: a UUID in capitals is the same', async () => {
  const [id, key] = [await tickets.ticketIn('NEW'), randomUUID()];
  const first = await tickets.give('ticket.request_info', { id, key });
  expectReplayOf(first, await tickets.give('ticket.request_info', { id: id.toUpperCase(), key: key.toUpperCase() }));
});

test('the same key on another ticket or with another body is refused; of another actor or endpoint it is another command', async () => {
  const [one, two, key] = [await tickets.ticketIn('NEW'), await tickets.ticketIn('NEW'), randomUUID()];
  const give = (tool: 'ticket.triage' | 'closeout.add_evidence', id: string, as = 'agent', body?: object) =>
    tickets.give(tool, { id, key, as, ...(body && { body }) });
  expect(outcomeOf(await give('ticket.triage', one))).toBe('200');
  const refused = await give('ticket.triage', two);
  expect(refused.json).toEqual({
    error: { code: 'IDEMPOTENCY_PAYLOAD_MISMATCH', message: expect.any(String), request_id: key },
  });
  const otherBody = { ...tickets.bodies['ticket.triage'], notes: 'more' };
  expect(outcomeOf(await give('ticket.triage', one, 'agent', otherBody))).toBe('409 IDEMPOTENCY_PAYLOAD_MISMATCH');
  expect(await versionOf(two)).toBe(0);

  expect(outcomeOf(await give('closeout.add_evidence', one))).toBe('201');
  expect(outcomeOf(await give('ticket.triage', one, 'dispatcher'))).toBe('200');
  expect(await versionOf(one)).toBe(3);
});

test('a rejected command stores nothing: its key may be used again, with other content too', async () => {
  const [id, key] = [await tickets.ticketIn('NEW'), randomUUID()];
  const give = (tool: 'schedule.propose', body?: object) => tickets.give(tool, { id, key, ...(body && { body }) });
  const head = await api.store.head();
  expect(outcomeOf(await give('schedule.propose'))).toBe('409 INVALID_STATE_TRANSITION');
  expect(outcomeOf(await give('schedule.propose', {}))).toBe('400 INVALID_REQUEST');
  expect(await api.store.head()).toBe(head);
  await tickets.give('ticket.triage', { id, body: { ...tickets.bodies['ticket.triage'], ready_to_schedule: true } });
  const later = { options: [{ start: '2026-05-01T09:00:00Z', end: '2026-05-01T10:00:00Z' }] };
  expect(outcomeOf(await give('schedule.propose', later))).toBe('200');
});

test('a repeat by an actor whose scope has become narrower is refused', async () => {
  const [id, key] = [await tickets.ticketIn('NEW'), randomUUID()];
  const give = (scope: object) => tickets.give('ticket.triage', { id, key, as: actor('agent', { ...scope }) });
  const first = await give({});
  expectReplayOf(first, await give({ 'x-account-scope': tickets.accountId }));
  const breach = (field: string, target: string) => ({
    code: 'FORBIDDEN_SCOPE',
    message: expect.any(String),
    request_id: key,
    scope_field: field,
    target_id: target,
    policy_error: { dimension: 'scope', code: 'FORBIDDEN_SCOPE' },
  });
  const outside = await give({ 'x-account-scope': randomUUID() });
  expect([outside.status, at(outside.json, 'error')]).toEqual([403, breach('account_id', tickets.accountId)]);
  const elsewhere = await give({ 'x-site-scope': randomUUID() });
  expect([elsewhere.status, at(elsewhere.json, 'error')]).toEqual([403, breach('site_id', tickets.siteId)]);
});

test('twenty at once, over two nodes, are one event', async () => {
  const key = randomUUID();
  const before = await api.store.head();
  const create = (node: Api) => node.run('ticket.create', { key, body: tickets.bodies['ticket.create'] });
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => create(n % 2 === 0 ? api : other)));
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(replies[0]?.status).toBe(201);
  expect(replies.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(19);
  const written: string[] = [];
  for await (const { type } of api.store.readAll({ after: before })) written.push(type);
  expect(written).toEqual(['TicketCreated']);

  const id = textAt(await create(api), 'id');
  const evidence = { id, key: randomUUID(), body: tickets.bodies['closeout.add_evidence'] };
  const items = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? api : other).run('closeout.add_evidence', evidence)),
  );
  expect(new Set(items.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(await versionOf(id)).toBe(1);
});

test('of rival commands on two nodes one wins, and the others are told the state that they met', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await tickets.ticketIn('NEW');
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (n % 2 === 0 ? api : other).run('ticket.request_info', { id, body: tickets.bodies['ticket.request_info'] }),
      ),
    );
    const outcomes = replies.map(outcomeOf).sort();
    expect(outcomes).toEqual(['200', ...Array<string>(7).fill('409 INVALID_STATE_TRANSITION')]);
    expect(await versionOf(id)).toBe(1);
  }
});

test('the same key with rival content, at once: one is accepted, and no other is taken for it', async () => {
  const [id, key] = [await tickets.ticketIn('NEW'), randomUUID()];
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      (n % 2 === 0 ? api : other).run('ticket.triage', {
        id,
        key,
        body: { priority: 'URGENT', incident_type: `TYPE_${n}` },
      }),
    ),
  );
  const refused = Array<string>(7).fill('409 IDEMPOTENCY_PAYLOAD_MISMATCH');
  expect(replies.map(outcomeOf).sort()).toEqual(['200', ...refused]);
  expect(await versionOf(id)).toBe(1);
});

test('of commands that expect the same version one wins', async () => {
  const id = await tickets.ticketIn('NEW');
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      (n % 2 === 0 ? api : other).run('closeout.add_evidence', {
        id,
        body: { ...tickets.bodies['closeout.add_evidence'], expected_version: 0 },
      }),
    ),
  );
  expect(replies.map(outcomeOf).sort()).toEqual(['201', ...Array<string>(7).fill('409 VERSION_CONFLICT')]);
});
