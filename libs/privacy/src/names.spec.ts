import { createSecretKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { byEmail, byPhone, fingerprint, knownBy } from './names.js';

test.each([
  [{ email: ' Ann@Example.COM ', phone: '+1 (510) 555-0100' }, ['email ann@example.com', 'phone +15105550100']],
  [{ name: 'Ann', Phone: '001 510 555 0100' }, ['phone +15105550100']],
  [{ name: 'Ann', telephone: '555 0100' }, ['phone 5550100']],
  [{ mail: 'ａｎｎ@example.com' }, ['email ann@example.com']],
  [{ name: ' Ann  Lee ', email: 'none', phone: '-' }, ['place ["ticket-1","ann lee"]']],
  [{}, ['place ["ticket-1",""]']],
])('%j is known by %j', (person, names) => {
  expect(knownBy(person, 'ticket-1').map(({ by, text }) => `${by} ${text}`)).toEqual(names);
});

test('what is no address is nobody', () => {
  expect([byEmail('ann'), byEmail('a b@c'), byPhone('ext 12')]).toEqual([[], [], []]);
});

test('a fingerprint is one of its kind and key', () => {
  const [a, b] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))];
  const made = [
    fingerprint(a, { by: 'email', text: '1@2' }),
    fingerprint(a, { by: 'phone', text: '1@2' }),
    fingerprint(b, { by: 'email', text: '1@2' }),
  ];
  expect(new Set(made.map((name) => name.toString('hex'))).size).toBe(3);
  expect(fingerprint(a, { by: 'email', text: '1@2' })).toEqual(made[0]);
});
