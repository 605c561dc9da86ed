import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startOf, withLock } from '../../deploy/local/lock.mjs';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-lock-'));
  path = join(folder, 'prepare.lock');
});
afterEach(() => rm(folder, { recursive: true }));

test('the second waits for the first, and nothing is left', async () => {
  const order: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = withLock(path, async () => {
    await gate;
    order.push('first');
  });
  const second = withLock(
    path,
    async () => void order.push('second'),
    (holder: number) => {
      order.push(`waits for ${holder}`);
      open();
    },
  );
  await Promise.all([first, second]);
  expect(order).toEqual([`waits for ${process.pid}`, 'first', 'second']);
  expect(await readdir(folder)).toEqual([]);
});

test('work that fails gives the lock back', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('a holder that was killed holds nothing', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  await writeFile(path, JSON.stringify({ pid: child.pid, started: startOf(child.pid) }));
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await expect(withLock(path, () => Promise.resolve(), refuseToWait)).resolves.toBeUndefined();
});

test('nor does one whose pid another process has now', async () => {
  await writeFile(path, JSON.stringify({ pid: process.pid, started: '1' }));
  await expect(withLock(path, () => Promise.resolve(), refuseToWait)).resolves.toBeUndefined();
});

test('nor does a file that says nothing', async () => {
  await writeFile(path, '');
  await expect(withLock(path, () => Promise.resolve(), refuseToWait)).resolves.toBeUndefined();
});

function refuseToWait(holder: number): never {
  throw new Error(`waits for ${holder}`);
}
