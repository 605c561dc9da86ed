import { expect, test } from '@jest/globals';
import { inTurn } from './in-turn.js';

/** A task that ends when it is told to, and writes down that it has begun. */
function held(begun: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const task = () => {
    begun.push(name);
    return promise;
  };
  return { task, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

const isAway = (error: unknown) => error instanceof Error && error.message === 'away';

/** All that can happen without anything else being told to end. */
const settled = () => new Promise(setImmediate);

test('tasks of one key run one after another, in the order they came', async () => {
  const turn = inTurn(isAway);
  const begun: string[] = [];
  const [first, second, third] = [held(begun, 'first'), held(begun, 'second'), held(begun, 'third')];
  const all = [first, second, third].map(({ task }) => turn('key', task));
  third.end();
  second.end();
  await settled();
  expect(begun).toEqual(['first']);
  first.end();
  expect(await Promise.all(all)).toEqual(['first', 'second', 'third']);
  expect(begun).toEqual(['first', 'second', 'third']);
});

test('tasks of other keys do not wait', async () => {
  const turn = inTurn(isAway);
  const begun: string[] = [];
  const [slow, quick] = [held(begun, 'slow'), held(begun, 'quick')];
  const waiting = turn('a', slow.task);
  quick.end();
  expect(await turn('b', quick.task)).toBe('quick');
  slow.end();
  await waiting;
});

test('a task that fails tells its own caller, and the next one runs', async () => {
  const turn = inTurn(isAway);
  const begun: string[] = [];
  const [bad, good] = [held(begun, 'bad'), held(begun, 'good')];
  const failing = turn('key', bad.task);
  const following = turn('key', good.task);
  bad.fail();
  good.end();
  await expect(failing).rejects.toThrow('bad');
  expect(await following).toBe('good');
});

test('a key whose tasks have ended begins at once, and is not held up by what was', async () => {
  const turn = inTurn(isAway);
  const begun: string[] = [];
  const [before, after] = [held(begun, 'before'), held(begun, 'after')];
  before.end();
  await turn('key', before.task);
  await settled();
  const waiting = turn('key', after.task);
  expect(begun).toEqual(['before', 'after']);
  after.end();
  await waiting;
});

test('those behind a task that failed for all of them fail with it, and who comes later is tried again', async () => {
  const turn = inTurn(isAway);
  const begun: string[] = [];
  const [away, behind, later] = [held(begun, 'away'), held(begun, 'behind'), held(begun, 'later')];
  const all = Promise.allSettled([turn('key', away.task), turn('key', behind.task), turn('key', behind.task)]);
  away.fail();
  expect(await all).toMatchObject([1, 2, 3].map(() => ({ status: 'rejected', reason: { message: 'away' } })));
  later.end();
  expect(await turn('key', later.task)).toBe('later');
  expect(begun).toEqual(['away', 'later']);
});
