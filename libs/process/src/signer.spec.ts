import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newSignerLine, signerOf } from '@dispatch/proof';
import { readProcessSettings } from './settings.js';
import { openSigner } from './signer.js';

const line = newSignerLine('example.com/dispatch');
const key = signerOf(line).key.text;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-signer-'));
  await writeFile(join(folder, 'given'), `${line}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const open = (env: Record<string, string>) =>
  openSigner(readProcessSettings(env)).then(
    (signer) => signer.key.text,
    (error: unknown) => (error instanceof Error && error.name === 'ConfigFault' ? error.message : error),
  );
const PRODUCTION = { NODE_ENV: 'production', DISPATCH_DATABASE_URL: 'postgresql://db/dispatch' };

test('a given key signs, from the environment or from a file', async () => {
  expect(await open({ ...PRODUCTION, DISPATCH_AUDIT_SIGNING_KEY: line })).toBe(key);
  expect(await open({ ...PRODUCTION, DISPATCH_AUDIT_SIGNING_KEY_FILE: join(folder, 'given') })).toBe(key);
});

test('without one a key is made in the data folder, once, with the name of the log', async () => {
  const made = await open({ DISPATCH_DATA_DIR: folder });
  expect(made).toMatch(/^dispatch\.local\/log\+/);
  expect(await open({ ...PRODUCTION, DISPATCH_DATA_DIR: folder })).toBe(made);
  expect(await open({ DISPATCH_DATA_DIR: join(folder, 'b'), DISPATCH_AUDIT_ORIGIN: 'example.com/b' })).toMatch(
    /^example\.com\/b\+/,
  );
});

test('production on a database of its own needs a given key, or a folder that is named', async () => {
  expect(await open(PRODUCTION)).toMatch(/^DISPATCH_AUDIT_SIGNING_KEY or .* must be set in production/);
});

test('a key of another name, or none in its file, is refused', async () => {
  const other = { DISPATCH_AUDIT_ORIGIN: 'example.com/other' };
  expect(await open({ ...other, DISPATCH_AUDIT_SIGNING_KEY: line })).toMatch(/^DISPATCH_AUDIT_ORIGIN is example/);
  expect(await open({ ...other, DISPATCH_DATA_DIR: folder })).toMatch(/^DISPATCH_AUDIT_ORIGIN is example/);
  expect(await open({ DISPATCH_AUDIT_SIGNING_KEY_FILE: folder })).toMatch(
    /^DISPATCH_AUDIT_SIGNING_KEY_FILE has no key/,
  );
});
