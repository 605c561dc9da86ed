import { expect, test } from '@jest/globals';
import { slidingWindow } from './sliding-window.js';

const MS = 90_000;

test('counts what happened within the window, and forgets it part by part', () => {
  let now = 5;
  const window = slidingWindow(MS, () => now);
  window.add();
  now += 30_000;
  window.add();
  window.add();
  expect(window.count()).toBe(3);
  now = 5 + MS - 1_000;
  expect(window.count()).toBe(3);
  now = 5 + MS;
  expect(window.count()).toBe(2);
  now = 5 + 30_000 + MS;
  expect(window.count()).toBe(0);
});

test('after a long rest nothing is left, and counting goes on', () => {
  let now = 0;
  const window = slidingWindow(MS, () => now);
  for (let n = 0; n < 90; n += 1) {
    now = n * 1_000;
    window.add();
  }
  expect(window.count()).toBe(90);
  now += 1_000 * MS;
  expect(window.count()).toBe(0);
  window.add();
  expect(window.count()).toBe(1);
});
