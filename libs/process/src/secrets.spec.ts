import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SECRETS, withSecretFiles } from './secrets.js';
import { readProcessSettings } from './settings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `secret-${text.length}`);
  await writeFile(path, text);
  return path;
}

test.each(SECRETS)('%s may stand in a file, without the line break at its end', async (name) => {
  const path = await fileWith('  a secret with spaces \n');
  expect(withSecretFiles({ [`${name}_FILE`]: path, PATH: '/bin' })).toEqual({
    [name]: '  a secret with spaces ',
    PATH: '/bin',
  });
});

test('what is read from a file is checked as what stands in the environment', async () => {
  const env = withSecretFiles({ DISPATCH_DATABASE_URL_FILE: await fileWith('postgresql://app:p@db/dispatch\n') });
  expect(readProcessSettings(env).database?.url).toBe('postgresql://app:p@db/dispatch');
});

test.each<[string, Record<string, string>, string]>([
  ['both', { DISPATCH_OPS_TOKEN: 'a', DISPATCH_OPS_TOKEN_FILE: '/b' }, 'DISPATCH_OPS_TOKEN_FILE'],
  ['no file', { DISPATCH_AUTH_JWT_SECRET_FILE: '/nowhere/at/all' }, 'DISPATCH_AUTH_JWT_SECRET_FILE'],
  ['an empty path', { DISPATCH_AUTH_JWT_SECRET_FILE: '' }, 'DISPATCH_AUTH_JWT_SECRET_FILE'],
])('%s: the start is refused by the name of the variable', (_, env, variable) => {
  expect(() => withSecretFiles(env)).toThrow(expect.objectContaining({ name: 'ConfigFault', variable }));
});

test('an empty file is none, and no message tells what a file holds', async () => {
  const path = await fileWith(' \n');
  expect(() => withSecretFiles({ DISPATCH_OPS_TOKEN_FILE: path })).toThrow('names a file with nothing in it');
  const env = { DISPATCH_DATABASE_URL_FILE: await fileWith('mysql://root:hunter2@db') };
  expect(() => readProcessSettings(withSecretFiles(env))).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});

test('what is no secret has no file', () => {
  const env = withSecretFiles({ DISPATCH_API_PORT_FILE: '/port' });
  expect(() => readProcessSettings(env)).toThrow('DISPATCH_API_PORT_FILE is not a setting of Dispatch');
});
