import { expect, test } from '@jest/globals';
import type { Postmaster } from './postmaster.js';
import { supervise } from './supervisor.js';

const noPause = () => 0;
const silent = () => undefined;

/** A moment that a test waits for. */
function moment<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A server that runs until it is stopped or told to crash. */
function server(pid: number): Postmaster & { crash(): void } {
  const { promise: exited, resolve } = moment<string>();
  return { pid, exited, crash: () => resolve('signal SIGKILL'), stop: async () => resolve('exit code 0') };
}

test('a server that ends unasked is started again, and said', async () => {
  const servers = [server(1), server(2)];
  const lines: string[] = [];
  const again = moment<void>();
  let starts = 0;
  const supervised = await supervise(
    async () => {
      const next = servers[starts++];
      if (!next) throw new Error('one start too many');
      if (starts === 2) again.resolve(undefined);
      return next;
    },
    (line) => lines.push(line),
    noPause,
  );
  servers[0]?.crash();
  await again.promise;
  await supervised.stop();
  await expect(supervised.exited).resolves.toBeUndefined();
  expect(starts).toBe(2);
  expect(lines).toEqual(['Postgres ended unasked (signal SIGKILL); starting it again']);
});

test('the first start is tried again, then its failure is thrown', async () => {
  let starts = 0;
  const failing = () => {
    starts++;
    return Promise.reject(new Error('no room'));
  };
  await expect(supervise(failing, silent, noPause)).rejects.toThrow('no room');
  expect(starts).toBe(4);
});

test('a server that cannot be started again is tried until it can, and the reason is said once', async () => {
  const [first, last] = [server(1), server(2)];
  const back = moment<void>();
  const lines: string[] = [];
  let starts = 0;
  const start = () => {
    starts++;
    if (starts === 1) return Promise.resolve(first);
    if (starts < 50) return Promise.reject(new Error('disk full'));
    back.resolve(undefined);
    return Promise.resolve(last);
  };
  const supervised = await supervise(start, (line) => lines.push(line), noPause);
  first.crash();
  await back.promise;
  await supervised.stop();
  expect(lines).toEqual(['Postgres ended unasked (signal SIGKILL); starting it again', 'disk full; trying again']);
});

test('a server that starts and ends, over and over, is started again each time, and said once', async () => {
  const enough = moment<void>();
  const lines: string[] = [];
  let starts = 0;
  const start = () => {
    const next = server(++starts);
    if (starts < 20) next.crash();
    else enough.resolve(undefined);
    return Promise.resolve(next);
  };
  const supervised = await supervise(start, (line) => lines.push(line), noPause);
  await enough.promise;
  await supervised.stop();
  expect(lines).toEqual(['Postgres ended unasked (signal SIGKILL); starting it again']);
});

test('stop does not wait out the pause before the next attempt', async () => {
  const first = server(1);
  const pausing = moment<void>();
  const supervised = await supervise(
    () => Promise.resolve(first),
    silent,
    (failures) => {
      if (failures === 0) return 0;
      pausing.resolve(undefined);
      return 3_600_000;
    },
  );
  first.crash();
  await pausing.promise;
  await supervised.stop();
  await expect(supervised.exited).resolves.toBeUndefined();
});
