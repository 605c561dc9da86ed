import { expect, test } from '@jest/globals';
import { sparing } from './sparing.js';

test('what happens to every request is told once in ten seconds, and how often it happened', () => {
  const lines: unknown[] = [];
  let time = 0;
  const warn = sparing({ warn: (fields, message) => lines.push([message, fields]) }, () => time);
  for (time = 0; time < 10_000; time += 100) warn({ reason: 'full' }, 'the log is away');
  warn({ reason: 'gone' }, 'the read models are away');
  warn({ reason: 'full' }, 'the log is away');
  expect(lines).toEqual([
    ['the log is away', { reason: 'full' }],
    ['the read models are away', { reason: 'gone' }],
    ['the log is away', { reason: 'full', not_told: 99 }],
  ]);
  time += 20_000;
  warn({ reason: 'full' }, 'the log is away');
  expect(lines.at(-1)).toEqual(['the log is away', { reason: 'full' }]);
});
