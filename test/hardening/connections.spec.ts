import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setInterval as every } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../postgres/database.js';
import { type RunningProcess, startProcess } from '../support/process.js';

const REQUEST_MS = 1_000;
const CONNECTIONS = 2_100;
/** Soon enough on a busy machine, and before Node would look by itself. */
const SOON_MS = 20_000;

let database: TestDatabase;
let service: RunningProcess;
const sockets = new Set<Socket>();

beforeAll(async () => {
  database = await createDatabase();
  service = await startProcess('dispatch-api', {
    DISPATCH_DATABASE_URL: database.ownerUrl,
    DISPATCH_REQUEST_TIMEOUT_MS: String(REQUEST_MS),
    DISPATCH_MAX_CONNECTIONS: String(CONNECTIONS),
    DISPATCH_DRAIN_MS: '300',
  });
});
afterEach(async () => {
  const open = [...sockets].filter((socket) => !socket.destroyed);
  await Promise.all(open.map((socket) => once(socket.destroy(), 'close')));
  sockets.clear();
});
afterAll(async () => {
  await service.kill();
  await database.drop();
});

/** A connection, and all that came over it. */
interface Line {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<unknown>;
}

async function dial(): Promise<Line> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  sockets.add(socket);
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

const HEALTH = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';

/** One that was answered and is kept open: no timeout of a request ends it. */
async function idling(): Promise<Line> {
  const line = await dial();
  line.socket.write(HEALTH);
  await once(line.socket, 'data');
  return line;
}

/** Sends its bytes one by one, as slowly as keeps a careless server waiting, until the connection is closed. */
async function trickle({ socket }: Line, text: string): Promise<void> {
  let sent = 0;
  for await (const _ of every(40)) {
    if (socket.destroyed || !socket.writable || sent === text.length) return;
    socket.write(text[sent] ?? '');
    sent += 1;
  }
}

async function answered(line: Line, request: string): Promise<string> {
  line.socket.write(request);
  await line.closed;
  return line.received();
}

async function putAccount(): Promise<number> {
  const response = await fetch(new URL(`/accounts/${randomUUID()}`, service.url), {
    method: 'PUT',
    headers: { 'x-actor-id': 'ines', 'x-actor-role': 'dispatcher', 'idempotency-key': randomUUID() },
    body: '{"name":"Harbour"}',
  });
  await response.text();
  return response.status;
}

const POST = `POST /tickets HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n{`;
const LONG = 'x'.repeat(5_000);
const REFUSED = { code: 'INVALID_REQUEST', request_id: null, fields: [] };

test(
  'slow clients that trickle headers or a body are cut off, and nobody else waits for them',
  async () => {
    const lines = await Promise.all(Array.from({ length: 50 }, dial));
    const trickled = lines.map((line, n) => {
      if (n % 2 === 0) return trickle(line, `GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ${LONG}`);
      line.socket.write(POST);
      return trickle(line, LONG);
    });
    expect(await putAccount()).toBe(201);
    await Promise.all([...trickled, ...lines.map(({ closed }) => closed)]);
    const refused = lines.map(({ received }) => received().split('\r\n\r\n'));
    expect(new Set(refused.map(([head]) => head?.split('\r\n', 1)[0]))).toEqual(new Set(['HTTP/1.1 400 Bad Request']));
    for (const [, body] of refused)
      expect(JSON.parse(body ?? '')).toEqual({ error: { ...REFUSED, message: 'The request took too long to arrive' } });
  },
  SOON_MS,
);

test('beside 2,000 idle connections it answers; beyond its limit it closes what comes, and takes it again after', async () => {
  const kept = await idling();
  await Promise.all(Array.from({ length: 2_000 }, idling));
  expect(await putAccount()).toBe(201);
  const more = await Promise.all(Array.from({ length: 200 }, dial));
  await Promise.race(more.map(({ closed }) => closed));
  // Without a word: one that was only slow is told so.
  expect(more.some(({ socket, received }) => socket.destroyed && received() === '')).toBe(true);
  expect(sockets.size).toBeGreaterThan(CONNECTIONS);

  kept.socket.write(HEALTH);
  while ((kept.received().match(/HTTP\/1.1 200 OK/g)?.length ?? 0) < 2) await once(kept.socket, 'data');
  for (const socket of sockets) if (socket !== kept.socket) socket.destroy();
  const again = async () => putAccount().catch(() => 0);
  while ((await again()) !== 201);
});

test.each([
  [
    'headers above 16 KiB',
    `GET /health HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
    /larger than 16 KiB/,
  ],
  ['no Host', 'GET /health HTTP/1.1\r\n\r\n', /Host is required/],
  ['an unknown expectation', 'GET /health HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', /expectation/],
])("%s: refused in the contract's words", async (_, request, message) => {
  const [head, body] = (await answered(await dial(), request)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 400 /);
  expect(JSON.parse(body ?? '')).toEqual({ error: { ...REFUSED, message: expect.stringMatching(message) } });
});

test('HTTP/1.0 has no Host, and is answered', async () => {
  expect(await answered(await dial(), 'GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
});

// Last: it ends the service.
test('a stop does not wait for a client that never comes to an end, nor for idle ones', async () => {
  const [slow, idle] = [await dial(), await idling()];
  slow.socket.write(POST);
  service.terminate();
  // As long as it can: each byte is a sign of life.
  const trickled = trickle(slow, LONG);
  expect(await service.exited).toBe(0);
  await Promise.all([trickled, slow.closed, idle.closed]);
});
