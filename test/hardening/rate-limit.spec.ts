import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { readLimits } from '../../apps/dispatch-api/src/limits.js';
import { actor, type Api, outcomeOf, startApi } from '../support/api.js';

const WINDOW_MS = 60_000;
let api: Api;
let now = Date.now();

/** Windows are told by the clock of the machine: the test's own moves from one to the next without waiting. */
beforeAll(async () => {
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  const limits = readLimits({
    DISPATCH_RATE_LIMIT_PER_ACTOR: '3',
    DISPATCH_RATE_LIMIT_PER_ADDRESS: '8',
    DISPATCH_RATE_LIMIT_WINDOW_MS: String(WINDOW_MS),
    DISPATCH_TRUSTED_PROXIES: '127.0.0.1',
  });
  api = await startApi({ limits, projections: false });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await api.close();
});
beforeEach(() => {
  now += WINDOW_MS;
});

const account = () => `/accounts/${randomUUID()}`;
const from = (address: string) => ({ 'x-forwarded-for': address });
const get = (who: object, address: string, path = account()) =>
  api.call({ method: 'GET', path, as: { ...who }, headers: from(address) });
const ann = actor('dispatcher', { 'x-actor-id': 'ann' });
const bob = actor('dispatcher', { 'x-actor-id': 'bob' });

test('an actor who asks too often is refused from whatever address, others are not, and a window later neither', async () => {
  for (const n of [1, 2, 3]) expect(outcomeOf(await get(ann, `192.0.2.${n}`))).toBe('404 ACCOUNT_NOT_FOUND');
  now += 20_500;
  const refused = await get(ann, '192.0.2.4');
  expect(outcomeOf(refused)).toBe('429 RATE_LIMITED');
  expect(refused.headers['retry-after']).toBe('40');
  expect(refused.json).toEqual({
    error: { code: 'RATE_LIMITED', message: expect.stringContaining('by this actor'), request_id: null },
  });
  expect(outcomeOf(await get(bob, '192.0.2.4'))).toBe('404 ACCOUNT_NOT_FOUND');
  now += 39_500;
  expect(outcomeOf(await get(ann, '192.0.2.4'))).toBe('404 ACCOUNT_NOT_FOUND');
});

test('an address that asks too often is refused before anything else is looked at', async () => {
  for (let n = 0; n < 8; n += 1) expect(outcomeOf(await get({}, '198.51.100.7'))).toBe('400 MISSING_ACTOR_CONTEXT');
  const key = randomUUID();
  const refused = await api.call({ path: '/tickets', body: '{ no JSON', key, as: {}, headers: from('198.51.100.7') });
  expect(outcomeOf(refused)).toBe('429 RATE_LIMITED');
  expect(refused.headers['retry-after']).toBe('60');
  expect(refused.headers['x-content-type-options']).toBe('nosniff');
  expect(refused.json).toMatchObject({ error: { request_id: key } });
  expect(outcomeOf(await get({}, '198.51.100.8'))).toBe('400 MISSING_ACTOR_CONTEXT');
});

test('addresses of one IPv6 network are one', async () => {
  for (let n = 1; n <= 8; n += 1) await get({}, `2001:db8:1:2::${n}`);
  expect(outcomeOf(await get({}, '2001:db8:1:2::99'))).toBe('429 RATE_LIMITED');
  expect(outcomeOf(await get({}, '2001:db8:1:3::99'))).toBe('400 MISSING_ACTOR_CONTEXT');
});

test('a proxy that asks after the health of the process is answered, however many requests come from it', async () => {
  for (let n = 0; n < 9; n += 1) await get({}, '203.0.113.5');
  expect(outcomeOf(await get({}, '203.0.113.5', '/nowhere'))).toBe('429 RATE_LIMITED');
  expect(outcomeOf(await get({}, '203.0.113.5', '/health'))).toBe('200');
  expect(outcomeOf(await get({}, '203.0.113.5', '/ready'))).toBe('503 SERVICE_UNAVAILABLE');
});

test('who is not recognised is not counted as an actor, and a role is looked at after the count', async () => {
  const tech = actor('tech', { 'x-actor-id': 'tom' });
  const forbidden = () => api.call({ method: 'PUT', path: account(), body: {}, as: tech, headers: from('192.0.2.9') });
  for (let n = 0; n < 3; n += 1) expect(outcomeOf(await forbidden())).toBe('403 FORBIDDEN');
  expect(outcomeOf(await forbidden())).toBe('429 RATE_LIMITED');
});

test('a refused command has not happened, and may be sent again under its key', async () => {
  const path = account();
  const command = {
    method: 'PUT',
    path,
    body: { name: 'Harbour' },
    as: ann,
    key: randomUUID(),
    headers: from('192.0.2.1'),
  };
  for (let n = 0; n < 3; n += 1) await get(ann, '192.0.2.1');
  const head = await api.store.head();
  expect(outcomeOf(await api.call(command))).toBe('429 RATE_LIMITED');
  expect(await api.store.head()).toBe(head);
  now += WINDOW_MS;
  const again = await api.call(command);
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
});
