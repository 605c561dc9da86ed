import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type EventStore, LogUnavailable, openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import { denialFault } from './judge.js';
import { readEntries } from './reading.js';
import { denialRecorder, type RecorderOptions } from './recorder.js';
import { attempt, second, strange } from './testing/attempts.js';

let log: EventStore;
let now: string;
let away: boolean;
let counts: Record<string, number>;
let told: string[];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  log = openMemoryEventStore();
  now = second(0);
  away = false;
  counts = {};
  told = [];
});
afterEach(() => {
  jest.useRealTimers();
});

/** The log, as far as it can be reached: an append may be done although nobody hears of it. */
const store = (lose = false): RecorderOptions['store'] => ({
  read: (...args) => log.read(...args),
  async append(...args) {
    if (away && !lose) throw new LogUnavailable('it is away');
    const result = await log.append(...args);
    if (away) throw new LogUnavailable('nobody knows');
    return result;
  },
});

const recorder = (options: Partial<RecorderOptions> = {}) =>
  denialRecorder({
    store: store(),
    limits: { perMinute: 100, perSource: 100 },
    clock: () => Date.parse(now),
    count: (outcome, attempts) => {
      if (attempts > 0) counts[outcome] = (counts[outcome] ?? 0) + attempts;
    },
    warn: ({ attempts }, message) => told.push(`${message}: ${attempts}`),
    ...options,
  });

async function events(): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for await (const event of log.readAll({ after: 'start' })) all.push(event);
  expect(all.map((event) => denialFault(event))).toEqual(all.map(() => undefined));
  return all;
}

async function entries() {
  const day = { from: '2026-11-24T00:00:00.000Z', to: '2026-11-27T00:00:00.000Z' };
  return (await readEntries(log, { ...day, limit: 500 })).entries;
}

const times = async () =>
  (await entries()).map((entry) => (entry.kind === 'denied' ? entry.at : `${entry.count} more`));
const aSecond = () => jest.advanceTimersByTimeAsync(1_000);

test('what comes within a second is one event, and nothing is written for nothing', async () => {
  const recording = recorder();
  for (const n of [0, 0.1, 0.2]) recording.offer(attempt({ at: second(n) }));
  expect(await events()).toHaveLength(0);
  await aSecond();
  expect(await times()).toEqual([second(0), second(0.1), second(0.2)]);
  expect([(await events()).length, counts]).toEqual([1, { recorded: 3 }]);
  expect(jest.getTimerCount()).toBe(0);
});

test('each day has its own stream', async () => {
  const recording = recorder();
  const [before, after] = ['2026-11-25T23:59:59.999Z', '2026-11-26T00:00:00.000Z'];
  for (const at of [before, after]) recording.offer(attempt({ at }));
  await recording.close();
  expect((await events()).map(({ stream, at }) => [stream, at])).toEqual([
    ['security-2026-11-25', before],
    ['security-2026-11-26', after],
  ]);
});

test('a flood is bounded, and what it was more is told when its minute is over', async () => {
  const recording = recorder({ limits: { perMinute: 4, perSource: 100 } });
  for (let n = 0; n < 1_000; n += 1) recording.offer(strange('192.0.2.0/24', { at: second(0) }));
  await aSecond();
  expect(await times()).toEqual([second(0), second(0)]);
  now = second(60);
  await aSecond();
  expect(await times()).toEqual([second(0), second(0), '998 more']);
  expect([counts, jest.getTimerCount()]).toEqual([{ recorded: 2, limited: 998 }, 0]);
});

test('while the log is away so many are kept, and the others are counted; both are written when it is back', async () => {
  away = true;
  const recording = recorder({ mostWaiting: 2 });
  for (const n of [0, 1, 2, 3]) recording.offer(attempt({ at: second(n) }));
  await aSecond();
  expect(told).toEqual(['refused attempts cannot be recorded yet: 2']);
  recording.offer(attempt({ at: second(4) }));
  away = false;
  now = second(60);
  await aSecond();
  expect(await times()).toEqual([second(0), second(1), '3 more']);
  expect(counts).toEqual({ recorded: 2, dropped: 3 });
});

test('an answer of the log that was lost records nothing twice', async () => {
  away = true;
  const recording = recorder({ store: store(true) });
  recording.offer(attempt());
  await aSecond();
  away = false;
  await aSecond();
  expect([(await times()).length, counts]).toEqual([1, { recorded: 1 }]);
});

test('several processes write to one day; the time in it never goes back', async () => {
  const [one, other] = [recorder(), recorder()];
  one.offer(attempt({ at: second(5) }));
  await one.close();
  other.offer(attempt({ at: second(1) }));
  await other.close();
  const third = recorder();
  const fourth = recorder();
  third.offer(attempt({ at: second(6) }));
  fourth.offer(attempt({ at: second(7) }));
  await Promise.all([third.close(), fourth.close()]);
  const all = await events();
  expect(all.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted());
  expect((await times()).toSorted()).toEqual([1, 5, 6, 7].map(second));
});

test('a stop writes what waits; what it cannot write it says', async () => {
  const good = recorder({ limits: { perMinute: 1, perSource: 1 } });
  for (const n of [0, 1]) good.offer(attempt({ at: second(n) }));
  await good.close();
  expect(await times()).toEqual([second(0), '1 more']);
  away = true;
  const bad = recorder({ mostWaiting: 1 });
  for (const n of [2, 3]) bad.offer(attempt({ at: second(n) }));
  await bad.close();
  expect(told.at(-1)).toBe('refused attempts are not recorded: 2');
  bad.offer(attempt({ at: second(4) }));
  expect(counts).toEqual({ recorded: 1, limited: 1, dropped: 3 });
});

test('what no log takes holds up nothing', async () => {
  const recording = recorder();
  recording.offer(attempt({ actor: { id: 'a\u0000', role: null, type: null } }));
  await aSecond();
  recording.offer(attempt({ at: second(2) }));
  await aSecond();
  now = second(60);
  await aSecond();
  const [first] = await entries();
  expect([first?.kind === 'denied' && first.at, counts]).toEqual([second(2), { recorded: 1, dropped: 1 }]);
});

test('a stop waits for the write that is under way, and writes nothing beside it', async () => {
  const gate = Promise.withResolvers<void>();
  let appends = 0;
  const slow: RecorderOptions['store'] = {
    ...store(),
    async append(...args) {
      appends += 1;
      await gate.promise;
      return log.append(...args);
    },
  };
  const recording = recorder({ store: slow });
  recording.offer(attempt());
  await aSecond();
  const closing = recording.close();
  await jest.advanceTimersByTimeAsync(0);
  gate.resolve();
  await closing;
  expect([appends, counts, (await events()).length]).toEqual([1, { recorded: 1 }, 1]);
});
