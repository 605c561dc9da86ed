import { describe, expect, test } from '@jest/globals';
import type { Json } from '@dispatch/event-store';
import { id } from '../../ticket/src/testing/values.js';
import { contentHashOf, eventIdOf, ticketIdOf } from './identity.js';

/** The logs in the field hold these ids and hashes. A change here breaks the repeat of every command ever sent. */
describe('for ever', () => {
  test.each([
    ['dana', 'POST /tickets', id(1), '2976ad56-1e4b-5594-ae61-5c2b83dfbedf'],
    ['dana', 'POST /tickets/{id}/triage', id(1), 'bb5caf20-f7d1-5b1c-9069-06a3c470cd29'],
    ['Ærøskøbing "7" \\ 🔧', 'POST /tickets', id(2), '22d6885e-dd45-51c5-b576-20850607336d'],
  ])('%s, %s, %s is event %s', (actorId, endpoint, key, eventId) => {
    expect(eventIdOf({ actorId, endpoint, key })).toBe(eventId);
  });

  test('event 1 opens this ticket', () => {
    expect(ticketIdOf(id(1))).toBe('863b0198-c287-51a0-bf61-e1c918698add');
  });

  test.each<[Json, Readonly<Record<string, string>>, string]>([
    [{}, {}, 'e73d0ada170c50c21f91f4dfe44c862b05c5535c2e4617de7ebd4a54d89963fc'],
    [
      { reason: 'opened twice by mistake' },
      { id: id(1) },
      '516365d718741964c5333d5d6ff4350a62f47e03f250b7c57cc7fe921280df39',
    ],
    [
      { b: [1.5, -0, null, { z: true, é: '🔧' }], a: 'ß' },
      { id: id(1), evidenceId: id(7) },
      '2e367a9e0e66091ee2fc5be41817717c7a1b35f3d30a2ad178d9875303446b77',
    ],
  ])('content %j of path %j', (body, path, hash) => {
    expect(contentHashOf(path, body)).toBe(hash);
  });
});

describe('the identity', () => {
  const identity = { actorId: 'dana', endpoint: 'POST /tickets', key: id(1) };

  test.each([{ actorId: 'dan' }, { endpoint: 'POST /ticket' }, { key: id(2) }])('is another for %j', (other) => {
    expect(eventIdOf({ ...identity, ...other })).not.toBe(eventIdOf(identity));
  });

  test('keeps its parts apart, whatever stands in them', () => {
    const joined = { actorId: 'dana","POST /tickets', endpoint: 'x', key: id(1) };
    const parted = { actorId: 'dana', endpoint: 'POST /tickets","x', key: id(1) };
    expect(eventIdOf(joined)).not.toBe(eventIdOf(parted));
  });
});

describe('the content', () => {
  const path = { id: id(1) };
  const body = { a: 1, b: { c: [1, 2], d: null } };

  test('is the same in any order of keys', () => {
    expect(contentHashOf(path, { b: { d: null, c: [1, 2] }, a: 1 })).toBe(contentHashOf(path, body));
  });

  test.each<[string, Json, Readonly<Record<string, string>>]>([
    ['another value', { ...body, a: 2 }, path],
    ['a text that looks like the number', { ...body, a: '1' }, path],
    ['another order in a list', { ...body, b: { c: [2, 1], d: null } }, path],
    ['a key more', { ...body, e: null }, path],
    ['another ticket', body, { id: id(2) }],
    ['no path', body, {}],
  ])('is other with %s', (_what, otherBody, otherPath) => {
    expect(contentHashOf(otherPath, otherBody)).not.toBe(contentHashOf(path, body));
  });
});
