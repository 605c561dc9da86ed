import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Json } from '@dispatch/event-store';
import fc from 'fast-check';
import { seal, SealBroken, subjectOf, subjectsIn, unseal, unwrap, wrap } from './sealing.js';

const subject = randomUUID();
const bytes = randomBytes(32);
const key = createSecretKey(bytes);
const otherKey = createSecretKey(randomBytes(32));
const where = { eventId: randomUUID(), place: 'contacts.0.name' };
const sealed = seal(subject, key, where, 'Ann Lee');

test('any value comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      // JSON knows no negative zero.
      const json = JSON.parse(JSON.stringify(value)) as Json;
      expect(unseal(seal(subject, key, where, json), key, where)).toEqual(json);
    }),
    { numRuns: 100 },
  );
});

test('nothing of it can be read, not even how long it is, and no two are alike', () => {
  expect(sealed).not.toContain(Buffer.from('Ann').toString('base64url'));
  expect(seal(subject, key, where, 'Al')).toHaveLength(sealed.length);
  expect(seal(subject, key, where, 'Ann Lee')).not.toBe(sealed);
});

test('it says whose it is', () => {
  expect(subjectOf(sealed)).toBe(subject);
  expect(subjectsIn(JSON.stringify({ a: sealed, b: [sealed], c: 'sealed:1:' }))).toEqual([subject]);
});

test.each([
  ['another event', { ...where, eventId: randomUUID() }],
  ['another field', { ...where, place: 'contacts.1.name' }],
])('it does not open at %s', (_, elsewhere) => {
  expect(() => unseal(sealed, key, elsewhere)).toThrow(SealBroken);
});

test('it does not open with another key, nor when any part of it was changed', () => {
  expect(() => unseal(sealed, otherKey, where)).toThrow(SealBroken);
  const box = sealed.lastIndexOf(':') + 1;
  for (let at = box; at < sealed.length - 1; at += 1) {
    const other = sealed[at] === 'A' ? 'B' : 'A';
    expect(() => unseal(sealed.slice(0, at) + other + sealed.slice(at + 1), key, where)).toThrow(SealBroken);
  }
  for (const text of ['', 'Ann', sealed.slice(0, -30), sealed.replace(':1:', ':2:')])
    expect(() => unseal(text, key, where)).toThrow(SealBroken);
});

test('a wrapped key opens for its subject and under its master key only', () => {
  const wrapping = randomBytes(32);
  const wrapped = wrap(wrapping, subject, bytes);
  expect(unwrap(wrapping, subject, wrapped)).toEqual(bytes);
  expect(unwrap(wrapping, randomUUID(), wrapped)).toBeUndefined();
  expect(unwrap(randomBytes(32), subject, wrapped)).toBeUndefined();
  expect(unwrap(wrapping, subject, Buffer.alloc(5))).toBeUndefined();
});
