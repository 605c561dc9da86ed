import { expect, test } from '@jest/globals';
import { LogUnavailable } from '../event-store.js';
import { inTurns } from './turns.js';

const away = () => Promise.reject(new LogUnavailable('away'));

test('tasks that share a key run in the order they came, others beside them', async () => {
  const turns = inTurns();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string, ...keys: string[]) =>
    turns.run(keys, () => {
      begun.push(name);
      return new Promise<void>((resolve) => void ends.set(name, resolve));
    });
  const all = [task('1', 'a', 'b'), task('2', 'b', 'c'), task('3', 'c'), task('4', 'd')];
  expect(begun).toEqual(['1', '4']);
  ends.get('1')?.();
  await all[0];
  await new Promise(setImmediate);
  expect(begun).toEqual(['1', '4', '2']);
  ends.get('2')?.();
  await all[1];
  await new Promise(setImmediate);
  expect(begun).toEqual(['1', '4', '2', '3']);
  for (const end of ends.values()) end();
  await turns.idle();
});

test('those that wait fail with the one that finds the log away, and who comes then tries anew', async () => {
  const turns = inTurns();
  let tries = 0;
  const tried = () => {
    tries += 1;
    return away();
  };
  const waiting = Array.from({ length: 3 }, () => turns.run(['a'], tried));
  // Each tries again in the very turn in which it was told.
  const again = waiting.map((one) => one.catch(() => turns.run(['a'], tried)));
  expect((await Promise.allSettled(again)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(tries).toBe(2);
});

test('another failure is nobody else’s', async () => {
  const turns = inTurns();
  const bad = turns.run(['a'], () => Promise.reject(new RangeError('too large')));
  const good = turns.run(['a'], () => Promise.resolve('written'));
  await expect(bad).rejects.toBeInstanceOf(RangeError);
  expect(await good).toBe('written');
});
