import { expect, test } from '@jest/globals';
import { type ProjectionStatus, type ReadModel, readModel } from '@dispatch/projection';
import { differenceLines, duration, listed, listLines, progressLine } from './format.js';

const model = (name: string, version: number): ReadModel =>
  readModel({
    name,
    version,
    sql: '',
    streams: [],
    decode: ({ type, data }) => ({ type, data }),
    begins: {},
    when: {},
  });

const live: ProjectionStatus = {
  name: 'queue',
  state: 'live',
  version: 1,
  table: 'queue_v1_1',
  pinned: false,
  position: '1000',
  head: '3500',
  lagPositions: 2_500,
  lagSeconds: 61.7,
  silentSeconds: 0.4,
  stillSeconds: 0.1,
  building: [],
  kept: [],
  parkedCount: 0,
  parked: [],
};

test('the list has every projection of this release in line, with or without a table', () => {
  expect(listLines(listed([model('queue', 1), model('other', 3)], [live], '3500'))).toEqual([
    'projection  version  state    checkpoint  behind  seconds  parked  table       kept',
    'queue       1        live     1000        2,500   62       0       queue_v1_1  -',
    'other       3        missing  start       3,500   0        0       -           -',
  ]);
});

test('what an operator has to know is said below the list', () => {
  const nextRetryAt = new Date('2026-03-01T08:00:00Z');
  const parked = { key: 'ticket-1', position: '7', revision: 2, error: 'RangeError: x', attempts: 3, nextRetryAt };
  const status: ProjectionStatus = {
    ...live,
    state: 'stopped',
    reason: '11 keys cannot be folded at once',
    pinned: true,
    building: [{ tableName: 'queue_v2_2', version: 2, position: '500', stillSeconds: 0 }],
    kept: [{ tableName: 'queue_v1_0', version: 1, position: '900' }],
    parkedCount: 12,
    parked: [{ ...parked, firstSeen: nextRetryAt }],
  };
  const [, row, ...troubles] = listLines(listed([model('queue', 2)], [status], '3500'));
  expect(row).toMatch(/^queue +1 \(code: 2\) +stopped, pinned +1000 .* 12 +queue_v1_1 +queue_v1_0$/);
  expect(troubles).toEqual([
    'queue: queue_v2_2 is half built, by a rebuild that runs or by one that was broken off',
    'queue: stopped itself: 11 keys cannot be folded at once',
    'queue: ticket-1 waits at position 7 (revision 2) after 3 attempts, next at 2026-03-01T08:00:00.000Z: RangeError: x',
    'queue: and 11 more',
  ]);
});

test('a live table that nobody keeps is told of, with who kept it last', () => {
  const silent = { ...live, silentSeconds: 75.2, runner: 'host-1:4711' };
  const never = { ...live, name: 'other', silentSeconds: undefined };
  const [, , , ...troubles] = listLines(listed([model('queue', 1), model('other', 1)], [silent, never], '3500'));
  expect(troubles).toEqual([
    'queue: no runner keeps it: host-1:4711 was last heard of 1 min 16 s ago',
    'other: no runner keeps it',
  ]);
});

test('a difference is shown column by column, cut where it is long', () => {
  const lines = differenceLines([
    { key: 'a', live: { key: 'a', n: 1, list: [1] }, rebuilt: { key: 'a', n: 2, list: [1], more: 'x'.repeat(300) } },
    { key: 'b', live: null, rebuilt: { key: 'b' } },
    { key: 'c', live: { key: 'c' }, rebuilt: null },
  ]);
  expect(lines).toEqual([
    '  a: n is 1, rebuilt 2',
    `  a: more is missing, rebuilt "${'x'.repeat(199)}…`,
    '  b: only in the rebuilt table',
    '  c: only in the live table',
  ]);
});

test.each([
  [0, '0 s'],
  [0.2, '1 s'],
  [59, '59 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('progress says how much, how fast and how long still', () => {
  const progress = { events: 12_345, position: '12345', head: '98765', eventsPerSecond: 45_000.4, secondsLeft: 1.2 };
  expect(progressLine(progress)).toBe('12,345 events, 45,000/s, at 12345 of 98765, 2 s left');
});
