import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { KeysUnavailable } from './remote-keys.js';
import { type IssuerKey, issuerKey, type KeySet, keySet } from './testing/key-set.js';
import { tokenVerifier } from './token.js';

let now: number;
let first: IssuerKey;
let second: IssuerKey;
let published: KeySet;
let verify: ReturnType<typeof tokenVerifier>;
const known = { sub: 'ann' };

beforeEach(async () => {
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  [first, second] = await Promise.all([issuerKey('ES256', 'first'), issuerKey('ES256', 'second')]);
  published = await keySet(first);
  verify = tokenVerifier({ jwksUrl: published.url });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await published.close();
});

test('the keys are fetched once, also for tokens that arrive together', async () => {
  const token = await first.sign(known);
  expect(await Promise.all([verify(token), verify(token), verify(token)])).toEqual([known, known, known]);
  expect(await verify(token)).toEqual(known);
  expect(published.fetches).toBe(1);
});

test('a new key is found once the cooldown is over', async () => {
  expect(await verify(await first.sign(known))).toEqual(known);
  published.keys = [second.jwk];
  const token = await second.sign(known);

  expect(await verify(token)).toBeUndefined();
  expect(published.fetches).toBe(1);
  now += 10_000;
  expect(await verify(token)).toEqual(known);
  expect(await verify(await first.sign(known))).toBeUndefined();
});

test('a withdrawn key is trusted no longer than ten minutes', async () => {
  const token = await first.sign(known);
  expect(await verify(token)).toEqual(known);
  published.keys = [second.jwk];
  now += 599_999;
  expect(await verify(token)).toEqual(known);
  now += 1;
  expect(await verify(token)).toBeUndefined();
});

test('made-up key ids cause one fetch a cooldown', async () => {
  await verify(await first.sign(known));
  now += 10_000;
  for (const kid of ['a', 'b', 'c']) expect(await verify(await first.sign(known, { kid }))).toBeUndefined();
  expect(published.fetches).toBe(2);
});

test('keys at hand outlive an outage of the issuer, and unknown ones are unavailable meanwhile', async () => {
  expect(await verify(await first.sign(known))).toEqual(known);
  published.status = 500;
  now += 10_000;
  await expect(verify(await second.sign(known))).rejects.toThrow(KeysUnavailable);
  expect(await verify(await first.sign(known))).toEqual(known);
});

test('no key at hand fails closed, asks seldom and recovers', async () => {
  published.status = 503;
  const token = await first.sign(known);
  await expect(verify(token)).rejects.toThrow(KeysUnavailable);
  published.status = 200;
  await expect(verify(token)).rejects.toThrow(KeysUnavailable);
  expect(published.fetches).toBe(1);
  now += 2_000;
  expect(await verify(token)).toEqual(known);
});

test('a redirect is not followed', async () => {
  published.status = 302;
  await expect(verify(await first.sign(known))).rejects.toThrow(KeysUnavailable);
});

test('a key that cannot be used is an outage, not a bad token', async () => {
  published.keys = [{ ...first.jwk, x: 'AA' }];
  await expect(verify(await first.sign(known))).rejects.toThrow(KeysUnavailable);
});

test('an answer that is no key set is an outage', async () => {
  const server = createServer((_, response) => response.end('{"keys": "none"}'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const token = await first.sign(known);
  await expect(tokenVerifier({ jwksUrl: `http://127.0.0.1:${port}/` })(token)).rejects.toThrow(KeysUnavailable);

  await new Promise((closed) => server.close(closed));
  await expect(tokenVerifier({ jwksUrl: `http://127.0.0.1:${port}/` })(token)).rejects.toThrow(KeysUnavailable);
});
