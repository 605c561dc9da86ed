import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { contentHash } from '../../deploy/local/build.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-build-'));
  await mkdir(join(folder, 'libs/a'), { recursive: true });
  await writeFile(join(folder, 'libs/a/x.ts'), 'x');
});
afterEach(() => rm(folder, { recursive: true }));

const hash = () => contentHash(folder, ['libs', 'apps', 'tsconfig.json']);

test('the same sources have the same hash', () => {
  expect(hash()).toBe(hash());
});

test.each<[string, () => Promise<void>]>([
  ['a changed file', () => writeFile(join(folder, 'libs/a/x.ts'), 'y')],
  ['a new file', () => writeFile(join(folder, 'libs/a/z.json'), '{}')],
  ['a renamed file', () => rename(join(folder, 'libs/a/x.ts'), join(folder, 'libs/a/y.ts'))],
  ['a file that is named itself', () => writeFile(join(folder, 'tsconfig.json'), '{}')],
])('%s changes it', async (_, change) => {
  const before = hash();
  await change();
  expect(hash()).not.toBe(before);
});

test('a test does not, since the build leaves it out', async () => {
  const before = hash();
  await writeFile(join(folder, 'libs/a/x.spec.ts'), 'x');
  expect(hash()).toBe(before);
});
