import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Readiness } from '@dispatch/process';
import { healthServer } from './health-server.js';

let answer: Readiness;
let server: Server;
let url: string;
beforeEach(async () => {
  answer = { ready: true, parkedKeys: 2 };
  server = healthServer(async () => answer).listen(0, '127.0.0.1');
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

test('nothing else is there', async () => {
  expect(await ask('/tickets')).toEqual(refused(404, 'NOT_FOUND'));
  expect(await ask('/ready', 'POST')).toEqual(refused(405, 'METHOD_NOT_ALLOWED'));
});
