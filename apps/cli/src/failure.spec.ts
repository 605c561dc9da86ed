import { expect, test } from '@jest/globals';
import { explained } from './failure.js';

test.each([
  [new Error('first line\nsecond line'), 'first line'],
  [
    Object.assign(new Error('relation "x" does not exist'), { code: '42P01' }),
    expect.stringContaining('start the service'),
  ],
  // What Node throws where neither of a host's addresses listens.
  [
    new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('other')]),
    'connect ECONNREFUSED ::1:5432',
  ],
  ['text', 'text'],
])('%p is one line', (error, line) => {
  expect(explained(error)).toEqual(line);
});
