import { expect, test } from '@jest/globals';
import { ConfigFault, type Environment, readAccessConfig } from './config.js';

const secret = 'k'.repeat(32);

test('an empty environment is development: headers are believed and no token can be checked', () => {
  expect(readAccessConfig({})).toEqual({ allowDevHeaders: true, requireTechnicianId: false });
});

test('every variable is read', () => {
  const config = readAccessConfig({
    NODE_ENV: 'production',
    DISPATCH_AUTH_JWT_SECRET: secret,
    DISPATCH_AUTH_JWKS_URL: 'https://issuer.example/keys',
    DISPATCH_AUTH_JWT_ISSUER: 'https://issuer.example',
    DISPATCH_AUTH_JWT_AUDIENCE: 'dispatch',
    DISPATCH_AUTH_ALLOW_DEV_HEADERS: 'true',
    DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID: 'true',
  });
  expect(config).toEqual({
    secret,
    jwksUrl: 'https://issuer.example/keys',
    issuer: 'https://issuer.example',
    audience: 'dispatch',
    allowDevHeaders: true,
    requireTechnicianId: true,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('production has no development headers unless they are asked for', () => {
  const { allowDevHeaders } = readAccessConfig({ NODE_ENV: 'production', DISPATCH_AUTH_JWT_SECRET: secret });
  expect(allowDevHeaders).toBe(false);
});

test('development headers can be switched off outside production', () => {
  expect(readAccessConfig({ DISPATCH_AUTH_ALLOW_DEV_HEADERS: 'false' }).allowDevHeaders).toBe(false);
});

test.each([
  'http://localhost:9000/keys',
  'http://127.0.0.2/keys',
  'http://[::1]:9000/keys',
  'https://issuer.example/keys',
])('the key set may stand at %s', (url) => {
  expect(readAccessConfig({ DISPATCH_AUTH_JWKS_URL: url }).jwksUrl).toBe(url);
});

test('a short secret will do outside production', () => {
  expect(readAccessConfig({ DISPATCH_AUTH_JWT_SECRET: 'short' }).secret).toBe('short');
});

test('the length of a secret is counted in bytes', () => {
  const config = readAccessConfig({ NODE_ENV: 'production', DISPATCH_AUTH_JWT_SECRET: 'ü'.repeat(16) });
  expect(config.secret).toHaveLength(16);
});

const faults: readonly (readonly [string, string, Environment])[] = [
  ['production without any key', 'DISPATCH_AUTH_JWT_SECRET', { NODE_ENV: 'production' }],
  [
    'production with nothing but development headers',
    'DISPATCH_AUTH_JWT_SECRET',
    { NODE_ENV: 'production', DISPATCH_AUTH_ALLOW_DEV_HEADERS: 'true' },
  ],
  ['31 bytes', 'DISPATCH_AUTH_JWT_SECRET', { NODE_ENV: 'production', DISPATCH_AUTH_JWT_SECRET: 'k'.repeat(31) }],
  ['a public key for a secret', 'DISPATCH_AUTH_JWT_SECRET', { DISPATCH_AUTH_JWT_SECRET: '-----BEGIN PUBLIC KEY-----' }],
  ['an empty secret', 'DISPATCH_AUTH_JWT_SECRET', { DISPATCH_AUTH_JWT_SECRET: '' }],
  ['an empty issuer', 'DISPATCH_AUTH_JWT_ISSUER', { DISPATCH_AUTH_JWT_ISSUER: ' ' }],
  ['an empty audience', 'DISPATCH_AUTH_JWT_AUDIENCE', { DISPATCH_AUTH_JWT_AUDIENCE: '' }],
  ['no URL', 'DISPATCH_AUTH_JWKS_URL', { DISPATCH_AUTH_JWKS_URL: 'keys' }],
  ['a file URL', 'DISPATCH_AUTH_JWKS_URL', { DISPATCH_AUTH_JWKS_URL: 'file:///keys.json' }],
  ['plain http over the network', 'DISPATCH_AUTH_JWKS_URL', { DISPATCH_AUTH_JWKS_URL: 'http://issuer.example/keys' }],
  [
    'a host that only looks like this machine',
    'DISPATCH_AUTH_JWKS_URL',
    { DISPATCH_AUTH_JWKS_URL: 'http://127.0.0.1.issuer.example/keys' },
  ],
  ['a password in the URL', 'DISPATCH_AUTH_JWKS_URL', { DISPATCH_AUTH_JWKS_URL: 'https://user:word@issuer.example/' }],
  ['a flag that is neither', 'DISPATCH_AUTH_ALLOW_DEV_HEADERS', { DISPATCH_AUTH_ALLOW_DEV_HEADERS: 'yes' }],
  ['another one', 'DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID', { DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID: 'TRUE' }],
];

test.each(faults)('%s stops the start, naming %s', (_, variable, env) => {
  const read = () => readAccessConfig(env);
  expect(read).toThrow(ConfigFault);
  expect(read).toThrow(expect.objectContaining({ variable, message: expect.stringMatching(`^${variable} .+$`) }));
});
