import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AlreadyRunning } from './errors.js';
import { type Layout, layoutOf } from './layout.js';
import { ownFolder } from './owner-lock.js';

let layout: Layout;
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'dispatch-lock-')));
  await mkdir(layout.home);
});
afterEach(() => rm(layout.dataDir, { recursive: true }));

test('a second owner is refused, and told who the first is', async () => {
  const release = await ownFolder(layout);
  const refused = ownFolder(layout, 0);
  await expect(refused).rejects.toThrow(AlreadyRunning);
  await expect(refused).rejects.toMatchObject({ pid: process.pid, dataDir: layout.dataDir });
  release();
});

test('being refused does not take the lock away from its owner', async () => {
  const release = await ownFolder(layout);
  await expect(ownFolder(layout, 0)).rejects.toThrow(AlreadyRunning);
  await expect(ownFolder(layout, 0)).rejects.toThrow(AlreadyRunning);
  release();
});

test('an owner that gives up while another waits is followed by it', async () => {
  const release = await ownFolder(layout);
  const next = ownFolder(layout, 60_000);
  release();
  const releaseNext = await next;
  expect((await stat(layout.lock)).mode & 0o077).toBe(0);
  releaseNext();
});
