import { expect, test } from '@jest/globals';
import { paceOf } from './pace.js';

/** A clock and a log that are told where they are; answers the rests that were taken, in milliseconds. */
function world() {
  const at = { ms: 0, head: 'start' };
  const rests: number[] = [];
  const pace = paceOf({
    store: { head: () => Promise.resolve(at.head) },
    signal: new AbortController().signal,
    now: () => at.ms,
    rest: (ms) => {
      rests.push(ms);
      at.ms += ms;
      return Promise.resolve();
    },
  });
  const work = async (ms: number, head: string) => {
    at.ms += ms;
    at.head = head;
    await pace();
  };
  return { work, rests };
}

test('while the log stands still nothing rests', async () => {
  const { work, rests } = world();
  for (let n = 0; n < 5; n += 1) await work(200, '7');
  expect(rests).toEqual([]);
});

test('while the log grows each piece of work is followed by a rest as long as it took', async () => {
  const { work, rests } = world();
  await work(10, '7');
  await work(120, '8');
  await work(200, '9');
  expect(rests).toEqual([120, 200]);
});

test('what the end of the log showed holds for 100 ms; where it stands still again nothing rests', async () => {
  const { work, rests } = world();
  await work(10, '7');
  for (let n = 0; n < 8; n += 1) await work(30, '8');
  expect(rests).toEqual([30, 30]);
});
