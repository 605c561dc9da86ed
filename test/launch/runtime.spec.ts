import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isOlder, verify } from '../../deploy/local/runtime.mjs';

test.each([
  ['v20.20.2', true],
  ['v24.8.9', true],
  ['v24.9.0', false],
  ['v24.10.0', false],
  ['v26.0.0', false],
  ['v9.99.99', true],
  ['v24.9.0-rc.1', false],
])('%s is older than 24.9.0: %s', (version, older) => {
  expect(isOlder(version, '24.9.0')).toBe(older);
});

test('a tarball is taken only if it hashes to what the repository says', () => {
  const bytes = Buffer.from('a tarball');
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  expect(() => verify(bytes, integrity, 'node@1')).not.toThrow();
  expect(() => verify(Buffer.from('another'), integrity, 'node@1')).toThrow(/node@1 .* is not what was expected/);
});
