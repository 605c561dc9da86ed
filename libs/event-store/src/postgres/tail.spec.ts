import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Position } from '../event-store.js';
import type { EventRow, Page } from './rows.js';
import { type Tail, tailOf } from './tail.js';

const MEBIBYTE = 1024 * 1024;

/** A log that is only counted: events at 1 to `end`, its pages so large, and what was asked of it. */
function aLog({ page = 1_000, octets = 100 }: { readonly page?: number; readonly octets?: number } = {}) {
  const asked: Position[] = [];
  /** `turns`: what a read takes. */
  const log = { end: 0, rings: 0, turns: 0, asked };
  const row = (position: number): EventRow => [
    `${position}`,
    'test-1',
    `${position - 1}`,
    '00000000-0000-4000-8000-000000000000',
    'SomethingHappened',
    '1',
    '{}',
    '{}',
    '\\x00',
    '\\x01',
    '2026-01-31 08:00:00.5+00',
    `${octets}`,
  ];
  const read = async (after: Position): Promise<Page> => {
    asked.push(after);
    const length = Math.max(0, Math.min(page, log.end - Number(after)));
    const rows = Array.from({ length }, (_, n) => row(Number(after) + 1 + n));
    for (let { turns } = log; turns >= 0; turns -= 1) await Promise.resolve();
    return { rows, full: rows.length === page };
  };
  const tail = tailOf({ read, rung: () => log.rings });
  const write = (events: number) => {
    log.end += events;
    log.rings += 1;
  };
  return { log, tail, write };
}

const positions = async (tail: Tail, after: Position) =>
  (await tail.after(after)).events.map(({ position }) => position);

test('who waits at the end together has one read of what comes', async () => {
  const { log, tail, write } = aLog();
  await tail.after('0');
  write(2);
  const all = await Promise.all([positions(tail, '0'), positions(tail, '0'), positions(tail, '0')]);
  expect(all).toEqual([
    ['1', '2'],
    ['1', '2'],
    ['1', '2'],
  ]);
  expect(log.asked).toEqual(['0', '0']);
});

test('who is a little behind has what was read for the others, and only who is far behind reads it again', async () => {
  const { log, tail, write } = aLog();
  await tail.after('0');
  for (let n = 0; n < 3; n += 1) {
    write(600);
    await tail.after(`${n * 600}`);
  }
  log.asked.length = 0;
  expect(await positions(tail, '1795')).toEqual(['1796', '1797', '1798', '1799', '1800']);
  expect(await positions(tail, '800')).toHaveLength(1_000);
  expect(log.asked).toEqual([]);
  expect((await positions(tail, '799')).slice(0, 2)).toEqual(['800', '801']);
  expect(log.asked).toEqual(['799']);
});

test('it keeps 4 MiB of large events, and goes on behind one that is larger', async () => {
  const { log, tail, write } = aLog({ octets: 1.5 * MEBIBYTE });
  await tail.after('0');
  write(5);
  await tail.after('0');
  log.asked.length = 0;
  expect(await positions(tail, '3')).toEqual(['4', '5']);
  expect(log.asked).toEqual([]);
  expect(await positions(tail, '2')).toEqual(['3', '4', '5']);
  expect(log.asked).toEqual(['2']);

  const large = aLog({ octets: 5 * MEBIBYTE });
  await large.tail.after('0');
  large.write(1);
  expect(await positions(large.tail, '0')).toEqual(['1']);
  large.write(1);
  expect(await positions(large.tail, '1')).toEqual(['2']);
});

test('a ring during a read is not lost: what was read says that it is older', async () => {
  const { log, tail, write } = aLog();
  write(1);
  const first = tail.after('0');
  write(1);
  expect(await first).toMatchObject({ events: [{ position: '1' }], rung: 1 });
  expect(log.rings).toBe(2);
  expect(await positions(tail, '1')).toEqual(['2']);
});

test('a position beyond the end spoils nothing for the others', async () => {
  const { log, tail, write } = aLog();
  write(3);
  expect(await positions(tail, '900')).toEqual([]);
  expect(await positions(tail, '0')).toEqual(['1', '2', '3']);
  write(1);
  expect(await Promise.all([positions(tail, '3'), positions(tail, '3')])).toEqual([['4'], ['4']]);
  expect(log.asked).toEqual(['900', '0', '3']);
});

test('who is beyond a read that is on its way does not get it', async () => {
  const { log, tail, write } = aLog({ page: 5_000 });
  await tail.after('0');
  write(1_500);
  await tail.after('0');
  // The read of who comes from far behind overtakes it.
  log.turns = 9;
  const slow = tail.after('1500');
  log.turns = 0;
  write(4);
  await tail.after('1');
  write(1);
  const beyond = positions(tail, '1504');
  expect((await slow).events).toHaveLength(0);
  expect(await beyond).toEqual(['1505']);
});

test('a read that fails fails those who waited for it, and the next is another', async () => {
  let fails = true;
  const tail = tailOf({
    read: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve({ rows: [], full: false })),
    rung: () => 0,
  });
  await expect(tail.after('0')).rejects.toThrow('away');
  fails = false;
  await tail.after('0');
  fails = true;
  const both = await Promise.allSettled([tail.after('0'), tail.after('0')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect((await tail.after('0')).events).toEqual([]);
});

test('however events come in and followers ask, each meets every event once and in order', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ write: fc.integer({ min: 1, max: 600 }) }),
      fc.record({ follow: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }) }),
    ),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 100, max: 700 }), async (all, page) => {
      const { log, tail, write } = aLog({ page });
      const at = [0, 0, 0, 0];
      const follow = async (who: number): Promise<boolean> => {
        log.turns = (log.turns + 3) % 5;
        const before = at[who] ?? 0;
        const { events, full, rung } = await tail.after(`${before}`);
        const wrong = events.find(({ position }, n) => position !== `${before + n + 1}`);
        if (wrong) throw new Error(`${wrong.position} came where ${before + 1} to ${log.end} were to come`);
        at[who] = before + events.length;
        // Then a follower would wait for the next ring.
        return !full && rung === log.rings;
      };
      for (const step of all) {
        if ('write' in step) write(step.write);
        else {
          const several = async (who: number) => {
            for (let times = who; times >= 0; times -= 1) await follow(who);
          };
          await Promise.all([...new Set(step.follow)].map(several));
        }
      }
      for (const who of at.keys()) while (!(await follow(who)));
      expect(at).toEqual([log.end, log.end, log.end, log.end]);
    }),
  );
});
