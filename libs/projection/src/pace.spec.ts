import { expect, test } from '@jest/globals';
import { type Between, closeIn, paceOf, unpaced } from './pace.js';

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

test('while the log grows each piece of work is followed by a rest twice as long as it took', async () => {
  const { work, rests } = world();
  await work(10, '7');
  await work(120, '8');
  await work(200, '9');
  expect(rests).toEqual([240, 400]);
});

test('what the end of the log showed holds for 100 ms; where it stands still again nothing rests', async () => {
  const { work, rests } = world();
  await work(10, '7');
  for (let n = 0; n < 8; n += 1) await work(30, '8');
  expect(rests).toEqual([60, 60]);
});

/** Passes that take so long each, in milliseconds; answers how many there were, and which of them were paced. */
async function passes(takes: readonly number[]) {
  const between: Between = () => Promise.resolve(true);
  const paced: boolean[] = [];
  let ms = 0;
  const pass = (pace: Between) => {
    ms += takes[paced.length] ?? takes.at(-1) ?? 0;
    paced.push(pace === between);
    if (pace !== between) expect(pace).toBe(unpaced);
    return Promise.resolve();
  };
  await closeIn(pass, { between, now: () => ms });
  return paced;
}

test('what comes in is followed until a pass leaves nearly nothing', async () => {
  expect(await passes([20])).toEqual([true]);
  expect(await passes([9_000, 2_000, 400, 60, 20])).toEqual([true, true, true, true, true]);
});

test('a pace that comes no nearer to a log that grows faster is given up', async () => {
  expect(await passes([9_000, 8_000, 1_000, 30])).toEqual([true, true, false, false]);
});

test('a log that grows faster than all that can be done is not followed for ever', async () => {
  expect(await passes([9_000])).toHaveLength(12);
});
