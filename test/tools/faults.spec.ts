import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { type Api, at, startApi } from '../support/api.js';
import { migratedDatabase, type TestDatabase } from '../postgres/database.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { ACCESS, call, connect, type RunningBridge, startBridge, tokenFor, verdict } from './bridge.js';
import { type Fate, type Proxy, startProxy } from './proxy.js';

const TIMEOUT_MS = 1_500;
/** What a busy machine may add to it. */
const SLACK_MS = 3_000;
let database: TestDatabase;
let api: Api;
let proxy: Proxy;
let bridge: RunningBridge;
let tickets: Tickets;
let client: Client;

beforeAll(async () => {
  database = await migratedDatabase();
  api = await startApi({ access: ACCESS, database, projections: false });
  [tickets, proxy] = await Promise.all([groundOf(api), startProxy(api.url)]);
  bridge = await startBridge(proxy.url, {
    DISPATCH_TOOLS_TIMEOUT_MS: String(TIMEOUT_MS),
    DISPATCH_TOOLS_ATTEMPTS: '3',
  });
  client = await connect(bridge.url, await tokenFor({ role: 'dispatcher' }));
  // What is made once, by the first call, is no part of what a call takes.
  await call(client, 'ticket.get', { ticket_id: randomUUID() });
});
afterEach(() => {
  proxy.fates = [];
});
afterAll(async () => {
  await client.close();
  await bridge.close();
  await proxy.close();
  await api.close();
  await database.drop();
});

/** A call that opens a ticket, the way there being as it is told. */
async function create(fates: readonly Fate[], request_id = randomUUID()) {
  const [before, seen] = [Number(await headOf()), proxy.seen.length];
  proxy.fates = [...fates];
  const args = { account_id: tickets.accountId, site_id: tickets.siteId, summary: 'Door', request_id };
  const called = await call(client, 'ticket.create', args);
  return {
    verdict: verdict(called),
    replayed: called.outcome['replayed'],
    tries: proxy.seen.length - seen,
    events: Number(await headOf()) - before,
    ms: Number(bridge.lines.findLast((line) => line['request_id'] === request_id)?.['duration_ms']),
    called,
    request_id,
  };
}

const headOf = async () => {
  const head = await api.store.head();
  return head === 'start' ? '0' : head;
};

test.each<[what: string, fates: readonly Fate[], expected: object]>([
  ['the answer is lost once', ['lose'], { verdict: 'OK', replayed: true, tries: 2, events: 1 }],
  ['the way is cut twice', ['cut', 'cut'], { verdict: 'OK', replayed: false, tries: 3, events: 1 }],
  ['the API hangs once', ['hang'], { verdict: 'OK', replayed: true, tries: 2, events: 1 }],
  [
    'the API cannot work for a moment',
    [{ status: 503, headers: { 'retry-after': '0' } }],
    { verdict: 'OK', tries: 2, events: 1 },
  ],
  ['a proxy has no answer', [{ status: 502 }, { status: 504 }], { verdict: 'OK', tries: 3, events: 1 }],
  ['the API hangs', ['hang', 'hang', 'hang'], { verdict: 'DISPATCH_API_TIMEOUT', events: 1 }],
  ['the way is cut', ['cut', 'cut', 'cut'], { verdict: 'DISPATCH_API_UNREACHABLE', tries: 3, events: 0 }],
  [
    'it asks for more time than there is',
    [{ status: 503, headers: { 'retry-after': '60' } }],
    { verdict: 'DISPATCH_API_ERROR', tries: 1, events: 0 },
  ],
  [
    'it fails',
    [{ status: 500, body: '{"error":{"code":"INTERNAL_ERROR","message":"x"}}' }],
    { verdict: 'DISPATCH_API_ERROR INTERNAL_ERROR', tries: 1, events: 0 },
  ],
  [
    'it is asked too often',
    [{ status: 429, body: '{"error":{"code":"RATE_LIMITED","message":"x"}}' }],
    { verdict: 'DISPATCH_API_ERROR RATE_LIMITED', tries: 1, events: 0 },
  ],
  ['it answers no JSON', [{ status: 200, body: '<html>' }], { verdict: 'DISPATCH_API_ERROR', tries: 1, events: 0 }],
])('%s: bounded, the right code, and done once at most', async (_, fates, expected) => {
  const first = await create(fates);
  expect(first).toMatchObject(expected);
  expect(first.ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  const keys = new Set(proxy.seen.slice(-first.tries).map(({ headers }) => headers['idempotency-key']));
  expect([...keys]).toEqual([first.request_id]);
  if (first.verdict !== 'OK') {
    expect(first.called.text).toMatch(/same request_id|see dispatch_error/i);
    // The same call again, under a new id of the protocol: done once in all.
    const again = await create([], first.request_id);
    expect([again.verdict, first.events + again.events]).toEqual(['OK', 1]);
  }
});

test('the API restarts in mid-call: what it did before is found by its successor', async () => {
  const patient = await startBridge(proxy.url, { DISPATCH_TOOLS_ATTEMPTS: '10' });
  const mine = await connect(patient.url, await tokenFor({ role: 'dispatcher' }), 'legacy');
  const before = Number(await headOf());
  proxy.fates = ['lose'];
  const { promise: restarted, resolve } = Promise.withResolvers<void>();
  proxy.onLost = async () => {
    proxy.onLost = async () => {};
    await api.close();
    // Not waited for here: the bridge comes back meanwhile, and finds nobody.
    resolve(
      startApi({ access: ACCESS, database, projections: false }).then((successor) => {
        api = successor;
        proxy.target = successor.url;
      }),
    );
  };
  const called = await call(mine, 'ticket.create', {
    account_id: tickets.accountId,
    site_id: tickets.siteId,
    summary: 'Door',
  });
  await restarted;
  expect([verdict(called), called.outcome['replayed'], Number(await headOf()) - before]).toEqual(['OK', true, 1]);
  await mine.close();
  await patient.close();
});

test('nobody listens: a call is told so in time, and no session is opened on trust', async () => {
  const nobody = createServer();
  nobody.listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const address = nobody.address();
  nobody.close();
  proxy.target = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const { verdict: code, ms } = await create([]);
  expect([code, ms < TIMEOUT_MS + SLACK_MS]).toEqual(['DISPATCH_API_UNREACHABLE', true]);
  // Sessions that are open may look at their tools all the same.
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  await expect(connect(bridge.url, await tokenFor({ role: 'dispatcher' }))).rejects.toThrow();
  const answer = await fetch(bridge.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenFor({ role: 'qa' })}` },
  });
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
    503,
    '5',
    expect.stringContaining('DISPATCH_API_UNREACHABLE'),
  ]);
  proxy.target = api.url;
});

test('both ends of a call stand in the log, with its ids and its tries', async () => {
  const { request_id } = await create(['cut']);
  const lines = bridge.lines.filter((line) => line['request_id'] === request_id);
  expect(lines.map(({ msg }) => msg)).toEqual(['request', 'response']);
  expect(lines[1]).toMatchObject({ tool_name: 'ticket.create', ok: true, attempts: 2, status: 201, error_code: null });
  expect(at(lines[0], 'correlation_id')).toBe(at(lines[1], 'correlation_id'));
});
