import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { draftDataDir } from './draft.js';
import { assertNoDraft } from './folders.js';
import { layoutOf } from './layout.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-draft-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a Postgres of the draft would have made. */
async function filled(dataDir: string): Promise<void> {
  await mkdir(layoutOf(dataDir).cluster, { recursive: true });
}

test('a folder that holds something is left alone', async () => {
  const target = join(folder, 'full');
  await mkdir(target);
  await writeFile(join(target, 'notes.txt'), 'mine');
  await expect(draftDataDir(target)).rejects.toThrow(`${target} is not empty: it holds notes.txt`);
  expect(await readdir(target)).toEqual(['notes.txt']);
});

test('until it is complete no Postgres starts in its place, and then one does', async () => {
  const target = join(folder, 'made');
  const draft = await draftDataDir(target);
  expect(() => assertNoDraft(layoutOf(target))).toThrow(/cut short or still runs: run it again$/);
  await filled(draft.dataDir);
  expect(() => assertNoDraft(layoutOf(target))).toThrow(/cut short/);
  await draft.complete();
  expect(() => assertNoDraft(layoutOf(target))).not.toThrow();
  expect(await readdir(target)).toEqual(['postgres']);
});

test('a draft that was cut short makes room for the next', async () => {
  const target = join(folder, 'again');
  const first = await draftDataDir(target);
  await filled(first.dataDir);
  const second = await draftDataDir(target);
  expect(await readdir(second.dataDir)).toEqual([]);
});

test('discarded, it leaves nothing, and no folder that it made', async () => {
  const [made, given] = [join(folder, 'a/b'), join(folder, 'given')];
  await mkdir(given);
  for (const target of [made, given]) {
    const draft = await draftDataDir(target);
    await filled(draft.dataDir);
    await draft.discard();
  }
  expect(existsSync(made)).toBe(false);
  expect(await readdir(given)).toEqual([]);
});
