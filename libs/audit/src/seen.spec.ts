import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { seenIds } from './seen.js';

test('knows every id again, and none that it has not met, however many there are', () => {
  const seen = seenIds();
  const ids = Array.from({ length: 150_000 }, () => randomUUID());
  expect(ids.filter((id) => seen.meet(id))).toEqual([]);
  expect(ids.filter((id) => !seen.meet(id))).toEqual([]);
  expect(seen.meet(randomUUID())).toBe(false);
});

test('an id whose bits are all nought is one like the others', () => {
  const seen = seenIds();
  const nought = '00000000-0000-4000-8000-000000000000';
  expect([seen.meet(nought), seen.meet(nought)]).toEqual([false, true]);
});
