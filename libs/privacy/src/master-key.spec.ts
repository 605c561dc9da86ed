import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { madeMasterKey, MasterKeyFault, masterKeyIn, masterKeyOf, newMasterKey } from './master-key.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'master-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the same 32 bytes in hex and base64 are the same key', () => {
  const bytes = Buffer.alloc(32, 7);
  const key = masterKeyOf(`${bytes.toString('base64')}\n`);
  expect(masterKeyOf(bytes.toString('hex'))).toEqual(key);
  expect(key.wrapping).not.toEqual(bytes);
  expect(key.mark).toMatch(/^[0-9a-f]{16}$/);
  expect(masterKeyOf(newMasterKey()).mark).not.toBe(key.mark);
});

test.each(['', 'secret', '07'.repeat(31), '07'.repeat(33), `${'A'.repeat(44)}`])('%j is no master key', (text) => {
  expect(() => masterKeyOf(text)).toThrow(MasterKeyFault);
});

test('one is made at the first call, for its owner only, and found at the next', async () => {
  const path = join(folder, 'privacy', 'master-key');
  const made = await Promise.all([madeMasterKey(path), madeMasterKey(path)]);
  expect(made[1]).toEqual(made[0]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await masterKeyIn(path)).toEqual(made[0]);

  await chmod(path, 0o640);
  const refused = await madeMasterKey(path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(MasterKeyFault);
  expect(String(refused)).not.toContain((await readFile(path, 'utf8')).trim());
});

test('a file that is not there is named', async () => {
  await expect(masterKeyIn(join(folder, 'none'))).rejects.toThrow('ENOENT');
});
