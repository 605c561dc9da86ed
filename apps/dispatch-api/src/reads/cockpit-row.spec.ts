import { expect, test } from '@jest/globals';
import { hoursAndMinutes } from './cockpit-row.js';

test.each([
  [0, '00:00'],
  [59, '00:59'],
  [60, '01:00'],
  [1_440, '24:00'],
  [6_001, '100:01'],
  [-1, '-00:01'],
  [-61, '-01:01'],
])('%d minutes are %s', (minutes, text) => {
  expect(hoursAndMinutes(minutes)).toBe(text);
});
