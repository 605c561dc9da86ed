import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { OpsSettings, Readiness } from '@dispatch/process';
import { healthServer } from './health-server.js';

let answer: Readiness;
let ops: Pick<OpsSettings, 'guarded' | 'token'>;
let server: Server;
let url: string;
beforeEach(async () => {
  answer = { ready: true, parkedKeys: 2 };
  ops = { guarded: false, token: undefined };
  const meters = { text: async (format: string) => `in ${format}\n` };
  const settings = {
    get guarded() {
      return ops.guarded;
    },
    get token() {
      return ops.token;
    },
  };
  server = healthServer({ readiness: async () => answer, meters, ops: settings }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const now = expect.stringMatching(/^\d{4}-.*Z$/);
async function ask(path: string, method = 'GET') {
  const response = await fetch(`${url}${path}`, { method });
  return { status: response.status, body: await response.text().then((text) => text && JSON.parse(text)) };
}
const refused = (status: number, code: string, details: object = {}) => ({
  status,
  body: { error: { code, message: expect.any(String), request_id: null, ...details } },
});

test('it is alive, also while it is not ready', async () => {
  answer = { ready: false, reason: 'a projection has stopped' };
  expect(await ask('/health')).toEqual({ status: 200, body: { status: 'ok', service: 'dispatch-projector', now } });
});

test('ready, or not and why', async () => {
  const body = { status: 'ready', service: 'dispatch-projector', now, parked_keys: 2 };
  expect(await ask('/ready?from=probe')).toEqual({ status: 200, body });
  answer = { ready: false, reason: 'a projection has stopped' };
  expect(await ask('/ready')).toEqual(refused(503, 'SERVICE_UNAVAILABLE', { reason: 'a projection has stopped' }));
  expect(await ask('/ready', 'HEAD')).toEqual({ status: 503, body: '' });
});

test('metrics as text, for whoever holds the token where they are guarded', async () => {
  const scrape = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/metrics`, { headers });
    return [response.status, response.headers.get('content-type')?.split(';')[0], await response.text()];
  };
  expect(await scrape()).toEqual([200, 'text/plain', 'in prometheus\n']);
  const accept = 'application/openmetrics-text';
  expect(await scrape({ accept })).toEqual([200, accept, 'in openmetrics\n']);

  ops = { guarded: true, token: 'operators-only' };
  expect((await scrape({ authorization: 'Bearer operators-only' }))[0]).toBe(200);
  expect(await ask('/metrics')).toEqual(refused(401, 'AUTH_REQUIRED'));
  expect((await scrape({ authorization: 'Bearer operators' }))[0]).toBe(401);
  ops = { guarded: true, token: undefined };
  expect((await scrape({ authorization: 'Bearer undefined' }))[0]).toBe(401);
});

test('nothing else is there', async () => {
  expect(await ask('/tickets')).toEqual(refused(404, 'NOT_FOUND'));
  expect(await ask('/ready', 'POST')).toEqual(refused(405, 'METHOD_NOT_ALLOWED'));
});
