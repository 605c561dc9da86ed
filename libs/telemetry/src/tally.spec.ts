import { expect, test } from '@jest/globals';
import { tally } from './tally.js';

test('counts by labels, sorted, and all together', () => {
  const counts = tally('method', 'status');
  for (const [method, status] of [
    ['POST', '200'],
    ['GET', '200'],
    ['POST', '200'],
  ] as const)
    counts.add(method, status);
  expect(counts.counts()).toEqual([
    { labels: { method: 'GET', status: '200' }, count: 1 },
    { labels: { method: 'POST', status: '200' }, count: 2 },
  ]);
  expect(counts.total()).toBe(3);
});

test('without labels there is one count, once there is anything', () => {
  const counts = tally();
  expect(counts.counts()).toEqual([]);
  counts.add();
  expect(counts.counts()).toEqual([{ labels: {}, count: 1 }]);
});

test('of values without end only so many are told apart; none is lost', () => {
  const counts = tally('code');
  for (let n = 0; n < 5_000; n += 1) counts.add(`${n}`);
  expect(counts.counts()).toHaveLength(2_001);
  expect(counts.counts().find(({ labels }) => labels.code === 'OTHER')?.count).toBe(3_000);
  expect(counts.total()).toBe(5_000);
});
