import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json, NewEvent } from './event-store.js';
import { canonicalJson, chainHash, contentHash, GENESIS } from './hash.js';

/** JSON as it is after a parse: what two equal texts must be equal in. */
const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)));

/** The same value with the keys of every object put in another order. */
function reordered(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reordered);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reordered(member)]),
  );
}

describe('canonicalJson', () => {
  test('sorts keys by UTF-16 unit at every depth and leaves arrays alone', () => {
    expect(canonicalJson({ b: [3, { z: 1, a: null }], é: '€', a: 1e21, A: '🧯"' })).toBe(
      '{"A":"🧯\\"","a":1e+21,"b":[3,{"a":null,"z":1}],"é":"€"}',
    );
  });

  test('does not depend on the order of keys', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalJson(reordered(value))).toBe(canonicalJson(value))));
  });

  test('is JSON of the same value', () => {
    fc.assert(fc.property(json, (value) => expect(JSON.parse(canonicalJson(value))).toEqual(value)));
  });

  test('two texts are equal exactly when the values are', () => {
    const pair = fc.oneof(
      fc.tuple(json, json),
      json.map((value): [Json, Json] => [value, reordered(value)]),
    );
    fc.assert(
      fc.property(pair, ([a, b]) => {
        let same = true;
        try {
          expect(a).toStrictEqual(b);
        } catch {
          same = false;
        }
        expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
      }),
    );
  });
});

describe('the chain', () => {
  const event: NewEvent = {
    id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
    type: 'TicketCreated',
    schemaVersion: 1,
    data: { summary: 'Tür klemmt 🚪', nteCents: 0 },
    metadata: { actor: { id: 'anna', type: 'HUMAN' } },
    at: '2026-01-31T08:00:00.500Z',
  };

  test('a known event has its known hashes, on every platform and in every release', () => {
    const content = contentHash('ticket-1', event);
    expect(content).toBe('b25638b6b92e25b9f3ec5aa85af98cdeaad653f25af4494961363c29e590a8b7');
    expect(chainHash(GENESIS, content)).toBe('7e534f97e48b7aa08dd87475357097011800599828d08793a267f3dfd079dac1');
  });

  test('the content hash is that of the canonical object that holds all fields', () => {
    const whole = canonicalJson({ ...event, stream: 'ticket-1' });
    expect(contentHash('ticket-1', event)).toBe(createHash('sha256').update(whole).digest('hex'));
  });

  test.each<[string, Partial<NewEvent>]>([
    ['id', { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c9' }],
    ['type', { type: 'TicketClosed' }],
    ['schemaVersion', { schemaVersion: 2 }],
    ['data', { data: { summary: 'Tür klemmt', nteCents: 0 } }],
    ['metadata', { metadata: {} }],
    ['at', { at: '2026-01-31T08:00:00.501Z' }],
  ])('another %s is another hash', (_field, change) => {
    expect(contentHash('ticket-1', { ...event, ...change })).not.toBe(contentHash('ticket-1', event));
  });

  test('another stream, and another hash before, is another hash', () => {
    const content = contentHash('ticket-1', event);
    expect(contentHash('ticket-2', event)).not.toBe(content);
    expect(chainHash(content, content)).not.toBe(chainHash(GENESIS, content));
  });
});
