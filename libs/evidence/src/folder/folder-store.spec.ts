import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ObjectToBe } from '../evidence-store.js';
import { openFolderStore } from './folder-store.js';

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dispatch-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

const opened = (dir: string) => openFolderStore({ dir, scheme: 's3', clock: Date.now });
const newFolder = () => join(root, String((count += 1)));
const signal = new AbortController().signal;

const bytes = Buffer.from('a note');
const note: ObjectToBe = {
  ticketId: '91b02ea3-0000-4000-8000-00000000000a',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  contentType: 'text/plain',
  size: bytes.length,
};
async function* pieces(...all: readonly Buffer[]) {
  yield* all;
}

test('what it holds and what it signed outlive a restart, for its owner alone', async () => {
  const dir = newFolder();
  const before = await opened(dir);
  expect(await before.holds(note, signal)).toBe(false);
  expect(await before.receive(note, pieces(bytes.subarray(0, 3), bytes.subarray(3)))).toBe('kept');
  const url = new URL((await before.signRead(note)).url, 'http://here');

  const after = await opened(dir);
  expect(await after.holds(note, signal)).toBe(true);
  const address = { method: 'GET', object: note, size: 0, expires: Number(url.searchParams.get('expires')) } as const;
  const signature = url.searchParams.get('signature') ?? '';
  expect(after.admits(address, signature)).toBe(true);
  expect((await opened(newFolder())).admits(address, signature)).toBe(false);

  const all = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const one of all) {
    const { mode } = await stat(join(one.parentPath, one.name));
    expect([one.name, mode & 0o077]).toEqual([one.name, 0]);
  }
  expect(
    all
      .filter((one) => one.isFile())
      .map(({ name }) => name)
      .sort(),
  ).toEqual([`${note.sha256}.txt`, 'signing-key'].sort());
});

test('what a killed process left is cleared away, and not what is on its way', async () => {
  const dir = newFolder();
  await opened(dir);
  const [old, fresh] = [join(dir, 'incoming', 'old.part'), join(dir, 'incoming', 'fresh.part')];
  for (const path of [old, fresh]) await writeFile(path, 'half');
  const hoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1_000);
  await utimes(old, hoursAgo, hoursAgo);
  await opened(dir);
  expect(await readdir(join(dir, 'incoming'))).toEqual(['fresh.part']);
});

test.each([
  ['others may read it', (path: string) => chmod(path, 0o644)],
  ['it holds something else', (path: string) => writeFile(path, 'half a key')],
])('a key is not taken when %s', async (_, spoil) => {
  const dir = newFolder();
  await opened(dir);
  await spoil(join(dir, 'signing-key'));
  await expect(opened(dir)).rejects.toThrow('signing-key');
});
