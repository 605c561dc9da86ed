import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { masterKeyOf, memoryKeys } from '@dispatch/privacy';
import { masterKeyPath, openKeyVault, openMasterKey } from './master.js';
import { readProcessSettings } from './settings.js';

const KEY = '07'.repeat(32);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-master-'));
});
afterAll(() => rm(folder, { recursive: true }));

const said = <T>(opening: Promise<T>): Promise<unknown> =>
  opening.catch((error: unknown) => (error instanceof Error && error.name === 'ConfigFault' ? error.message : error));
const mark = async (env: Record<string, string>) => (await openMasterKey(readProcessSettings(env))).mark;
const PRODUCTION = { NODE_ENV: 'production', DISPATCH_DATABASE_URL: 'postgresql://db/dispatch' };

test('a given key is the one; without one a key is made in the data folder, once', async () => {
  expect(await mark({ ...PRODUCTION, DISPATCH_PRIVACY_KEY: KEY })).toBe(masterKeyOf(KEY).mark);
  const made = await mark({ DISPATCH_DATA_DIR: folder });
  expect(await mark({ ...PRODUCTION, DISPATCH_DATA_DIR: folder })).toBe(made);
  expect(await mark({ DISPATCH_DATA_DIR: join(folder, 'other') })).not.toBe(made);
});

test('production on a database of its own needs a given key, or a folder that is named', async () => {
  expect(await said(mark(PRODUCTION))).toMatch(/^DISPATCH_PRIVACY_KEY or .* must be set in production/);
});

test('a made key that others may read is refused', async () => {
  const exposed = { DISPATCH_DATA_DIR: join(folder, 'exposed') };
  await mark(exposed);
  await chmod(masterKeyPath(exposed.DISPATCH_DATA_DIR), 0o644);
  expect(await said(mark(exposed))).toMatch(/^DISPATCH_DATA_DIR has no master key: .* may be read by others/);
});

test('keys under another master key stop the start', async () => {
  const keys = memoryKeys();
  await keys.begin({ mark: masterKeyOf(KEY).mark, naming: Buffer.alloc(1) });
  await openKeyVault(readProcessSettings({ DISPATCH_PRIVACY_KEY: KEY }), keys);
  const other = readProcessSettings({ DISPATCH_PRIVACY_KEY: '08'.repeat(32) });
  expect(await said(openKeyVault(other, keys))).toMatch(/^DISPATCH_PRIVACY_KEY has another master key/);
});
