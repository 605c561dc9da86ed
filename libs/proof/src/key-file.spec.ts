import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { madeSigner, signerIn } from './key-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('it is made once, also by several at the same time, for its owner only', async () => {
  const path = join(folder, 'data', 'audit', 'signing-key');
  const signers = await Promise.all([1, 2, 3].map(() => madeSigner(path, 'example.com/a')));
  const again = await madeSigner(path, 'example.com/b');
  expect(new Set([...signers, again].map(({ key }) => key.text))).toEqual(new Set([again.key.text]));
  expect(again.key.name).toBe('example.com/a');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'data'))).mode & 0o111).toBe(0o111);
  expect(await readdir(join(folder, 'data', 'audit'))).toEqual(['signing-key']);
  await chmod(path, 0o640);
  await expect(madeSigner(path, 'example.com/a')).rejects.toThrow('may be read by others');
  await expect(signerIn(path)).resolves.toMatchObject({ key: { name: 'example.com/a' } });
});

test('what is there and no key is refused by the name of the file, and kept', async () => {
  const path = join(folder, 'other');
  await writeFile(path, 'PRIVATE+KEY+half', { mode: 0o600 });
  await expect(madeSigner(path, 'example.com/a')).rejects.toThrow(`${path} holds no signing key`);
  await expect(signerIn(join(folder, 'nowhere'))).rejects.toThrow('cannot be read: ENOENT');
  expect(await readFile(path, 'utf8')).toBe('PRIVATE+KEY+half');
});
