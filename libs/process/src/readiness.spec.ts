import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ProjectionStatus } from '@dispatch/projection';
import { LAG_LIMIT_SECONDS, readiness, SILENCE_LIMIT_SECONDS } from './readiness.js';

const never = new Promise<never>(() => undefined);
const status = (name: string, parts: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name,
  state: 'live',
  pinned: false,
  position: '7',
  head: '7',
  lagPositions: 0,
  lagSeconds: 0,
  silentSeconds: 0.5,
  stillSeconds: 0,
  building: [],
  kept: [],
  parkedCount: 0,
  parked: [],
  ...parts,
});

let told: unknown[];
beforeEach(() => {
  jest.useFakeTimers();
  told = [];
});
afterEach(() => void jest.useRealTimers());

/** Of two projections whose status, or whatever keeps it away, is what is there at the time. */
function asked(world: {
  head?: Promise<'start'>;
  appendFault?: () => string;
  status: () => Promise<ProjectionStatus[]>;
}) {
  const tell = (facts: object, message: string) => void told.push([message, facts]);
  return readiness({
    store: { head: () => world.head ?? Promise.resolve('start' as const) },
    ...(world.appendFault && { appendFault: world.appendFault }),
    models: { status: () => world.status() },
    names: ['queue', 'list'],
    log: { info: tell, warn: tell },
  });
}
const of = (...statuses: ProjectionStatus[]) => asked({ status: async () => statuses })();

test('all live and near the head of the log: ready, and nothing is said', async () => {
  expect(await of(status('queue'), status('list', { lagSeconds: LAG_LIMIT_SECONDS }))).toEqual({
    ready: true,
    parkedKeys: 0,
  });
  expect(told).toEqual([]);
});

test('a log that can be read and takes no events is not ready, whatever the read models say', async () => {
  const full = asked({ appendFault: () => 'No space left on device', status: async () => [status('queue')] });
  expect(await full()).toEqual({ ready: false, reason: 'the log takes no events' });
  expect(told).toEqual([['not ready', { reason: 'the log takes no events', error: 'No space left on device' }]]);
});

test('a rest, a runner at its last beat, and a table that is built anew are no faults', async () => {
  const resting = status('queue', { stillSeconds: 10_000, silentSeconds: SILENCE_LIMIT_SECONDS });
  const building = [{ tableName: 'list_v2_2', version: 2, position: '3', stillSeconds: 1 }];
  const rebuilt = status('list', { lagSeconds: 20, stillSeconds: 20, building });
  expect(await of(resting, rebuilt)).toEqual({ ready: true, parkedKeys: 0 });
});

test('parked keys are counted, and hold nobody up; what is kept by other code is not asked about', async () => {
  const others = status('of-tomorrow', { state: 'stopped', parkedCount: 9 });
  expect(await of(status('queue', { parkedCount: 2 }), status('list', { parkedCount: 1 }), others)).toEqual({
    ready: true,
    parkedKeys: 3,
  });
});

test.each<[string, string, ProjectionStatus[], string[]]>([
  ['without a row', 'a read model is still being built', [status('list')], ['queue']],
  [
    'without a table',
    'a read model is still being built',
    [status('queue', { state: 'missing' }), status('list', { state: 'stopped' })],
    ['queue'],
  ],
  [
    'stopped',
    'a projection has stopped',
    [status('queue', { lagSeconds: 99 }), status('list', { state: 'stopped' })],
    ['list'],
  ],
  [
    'kept by nobody',
    'no runner keeps a projection',
    [status('queue', { silentSeconds: undefined }), status('list', { silentSeconds: 8.1 })],
    ['queue', 'list'],
  ],
  [
    'asleep while an event waits',
    'a projection stands still',
    [status('queue', { lagSeconds: 8.1, stillSeconds: 8.1 }), status('list', { lagSeconds: 31, stillSeconds: 0.1 })],
    ['queue'],
  ],
  [
    'asleep beside a rebuild that was broken off',
    'a projection stands still',
    [
      status('queue', {
        lagSeconds: 9,
        stillSeconds: 9,
        building: [{ tableName: 'queue_v2_2', version: 2, position: '3', stillSeconds: 99 }],
      }),
      status('list'),
    ],
    ['queue'],
  ],
  ['too far behind', 'a projection is behind', [status('queue', { lagSeconds: 30.1 }), status('list')], ['queue']],
])('one that is %s: %s; the log is told which', async (_, reason, statuses, projections) => {
  expect(await of(...statuses)).toEqual({ ready: false, reason });
  expect(told).toEqual([['not ready', { reason, projections }]]);
});

test('what cannot be reached is named, and its error is for the log only', async () => {
  const log = asked({ head: Promise.reject(new Error('10.0.0.7 refused')), status: async () => [] });
  expect(await log()).toEqual({ ready: false, reason: 'the log cannot be reached' });
  const models = asked({ status: () => Promise.reject(new Error('no such role')) });
  expect(await models()).toEqual({ ready: false, reason: 'the read models cannot be reached' });
  expect(told).toEqual([
    ['not ready', { reason: 'the log cannot be reached', error: '10.0.0.7 refused' }],
    ['not ready', { reason: 'the read models cannot be reached', error: 'no such role' }],
  ]);
});

test('no answer in three seconds is no answer', async () => {
  const answer = asked({ head: never, status: async () => [] })();
  await jest.advanceTimersByTimeAsync(3_000);
  expect(await answer).toEqual({ ready: false, reason: 'the log cannot be reached' });
});

test('a crowd is given one answer, which is looked up again half a second later, and changes are told once', async () => {
  let looks = 0;
  let statuses = [status('list')];
  const ask = asked({
    status: async () => {
      looks += 1;
      return statuses;
    },
  });
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ ready }) => ready)).toEqual([false, false, false]);
  jest.advanceTimersByTime(499);
  await ask();
  expect(looks).toBe(1);

  jest.advanceTimersByTime(1);
  await ask();
  statuses = [status('queue'), status('list')];
  jest.advanceTimersByTime(500);
  expect((await ask()).ready).toBe(true);
  expect(looks).toBe(3);
  expect(told).toEqual([
    ['not ready', { reason: 'a read model is still being built', projections: ['queue'] }],
    ['ready again', {}],
  ]);
});
