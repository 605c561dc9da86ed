import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';

test('an empty environment is a service for development', () => {
  expect(readConfig({})).toMatchObject({
    role: 'all',
    port: 8080,
    objectStoreSchemes: ['s3', 'minio'],
    readWaitMs: 1_000,
    access: { allowDevHeaders: true },
    denied: { perMinute: 60, perSource: 20 },
  });
});

test('every variable of the API is read, once', () => {
  const config = readConfig({
    DISPATCH_ROLE: 'api',
    DISPATCH_OBJECT_STORE_SCHEMES: 'S3, gs',
    DISPATCH_READ_WAIT_MS: '0',
    DISPATCH_DENIED_PER_MINUTE: '600',
    DISPATCH_DENIED_PER_SOURCE: '1',
    DISPATCH_AUTH_ALLOW_DEV_HEADERS: 'false',
  });
  expect(config).toMatchObject({
    role: 'api',
    objectStoreSchemes: ['s3', 'gs'],
    readWaitMs: 0,
    denied: { perMinute: 600, perSource: 1 },
    access: { allowDevHeaders: false },
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test.each([
  ['DISPATCH_READ_WAIT_MS', '60001'],
  ['DISPATCH_READ_WAIT_MS', '-1'],
  ['DISPATCH_READ_WAIT_MS', '1.5'],
  ['DISPATCH_READ_WAIT_MS', '1e3'],
  ['DISPATCH_READ_WAIT_MS', ''],
  ['DISPATCH_OBJECT_STORE_SCHEMES', 's3,'],
  ['DISPATCH_DENIED_PER_MINUTE', '0'],
  ['DISPATCH_DENIED_PER_MINUTE', '6001'],
  ['DISPATCH_DENIED_PER_SOURCE', 'many'],
  ['DISPATCH_API_PROT', '1'],
  ['DISPATCH_ROLE', 'projector'],
])('%s=%s is refused by name', (variable, value) => {
  expect(() => readConfig({ [variable]: value })).toThrow(expect.objectContaining({ name: 'ConfigFault', variable }));
});

test('a read may wait for a minute', () => {
  expect(readConfig({ DISPATCH_READ_WAIT_MS: '60000' }).readWaitMs).toBe(60_000);
});
