import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';

const SECRET = 'a secret of more than thirty-two bytes';
const acting = {
  DISPATCH_TOOLS_JWT_SECRET: SECRET,
  DISPATCH_TOOLS_ACTOR_ID: 'intake-bot',
  DISPATCH_TOOLS_ACTOR_ROLE: 'agent',
  DISPATCH_TOOLS_ACCOUNT_SCOPE: '*',
  DISPATCH_TOOLS_SITE_SCOPE: '11111111-1111-4111-8111-111111111111, 22222222-2222-4222-8222-222222222222',
};
const http = { DISPATCH_TOOLS_TRANSPORT: 'http' };

test('over stdio an agent is all that must be said', () => {
  expect(readConfig({ ...acting, PATH: '/bin', DISPATCH_DATA_DIR: 'of another process' })).toEqual({
    apiUrl: 'http://127.0.0.1:8080/',
    naming: 'dotted',
    patience: { timeoutMs: 20_000, attempts: 4 },
    logLevel: 'info',
    serve: {
      transport: 'stdio',
      correlationId: undefined,
      identity: {
        credential: { secret: SECRET, issuer: undefined, audience: undefined },
        agent: {
          id: 'intake-bot',
          role: 'agent',
          accounts: '*',
          sites: ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'],
          technicianId: undefined,
        },
      },
    },
  });
});

test('over HTTP nothing must be said: it listens on this machine only', () => {
  expect(readConfig(http).serve).toEqual({
    transport: 'http',
    host: '127.0.0.1',
    port: 8090,
    allowedHosts: ['localhost', '127.0.0.1', '[::1]'],
    allowedOrigins: ['localhost', '127.0.0.1', '[::1]'],
    sessions: 200,
    sessionIdleMs: 900_000,
    bodyLimit: 2_097_152,
  });
});

test('every other variable is read', () => {
  const { serve, ...common } = readConfig({
    ...http,
    DISPATCH_TOOLS_API_URL: 'https://dispatch.example/api',
    DISPATCH_TOOLS_NAMES: 'underscored',
    DISPATCH_TOOLS_TIMEOUT_MS: '5000',
    DISPATCH_TOOLS_ATTEMPTS: '2',
    DISPATCH_LOG_LEVEL: 'warn',
    DISPATCH_TOOLS_HOST: '0.0.0.0',
    DISPATCH_TOOLS_PORT: '0',
    DISPATCH_TOOLS_ALLOWED_HOSTS: 'tools.example',
    DISPATCH_TOOLS_ALLOWED_ORIGINS: 'app.example,[::1]',
    DISPATCH_TOOLS_SESSIONS: '3',
    DISPATCH_TOOLS_SESSION_IDLE_SECONDS: '60',
    DISPATCH_TOOLS_BODY_LIMIT: '4096',
  });
  expect(common).toEqual({
    apiUrl: 'https://dispatch.example/api',
    naming: 'underscored',
    patience: { timeoutMs: 5000, attempts: 2 },
    logLevel: 'warn',
  });
  expect(serve).toEqual({
    transport: 'http',
    host: '0.0.0.0',
    port: 0,
    allowedHosts: ['tools.example'],
    allowedOrigins: ['app.example', '[::1]'],
    sessions: 3,
    sessionIdleMs: 60_000,
    bodyLimit: 4096,
  });
});

test('secrets and tokens may stand in files, and then the file is what counts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  const file = join(folder, 'secret');
  await writeFile(file, `${SECRET}\n`);
  const { DISPATCH_TOOLS_JWT_SECRET: _, ...others } = acting;
  const minted = readConfig({
    ...others,
    DISPATCH_TOOLS_JWT_SECRET_FILE: file,
    DISPATCH_TOOLS_JWT_ISSUER: 'tools',
    DISPATCH_TOOLS_JWT_AUDIENCE: 'dispatch',
    DISPATCH_TOOLS_TECHNICIAN_ID: '33333333-3333-4333-8333-333333333333',
    DISPATCH_TOOLS_CORRELATION_ID: 'case-7',
  });
  expect(minted.serve).toMatchObject({
    correlationId: 'case-7',
    identity: {
      credential: { secret: SECRET, issuer: 'tools', audience: 'dispatch' },
      agent: { technicianId: '33333333-3333-4333-8333-333333333333' },
    },
  });
  expect(readConfig({ DISPATCH_TOOLS_TOKEN_FILE: file }).serve).toMatchObject({ identity: { tokenFile: file } });
  expect(readConfig({ DISPATCH_TOOLS_TOKEN: 'a.b.c' }).serve).toMatchObject({ identity: { token: 'a.b.c' } });
  await rm(folder, { recursive: true });
});

test.each<[variable: string, env: Record<string, string>]>([
  ['DISPATCH_TOOLS_ROLE', { ...acting, DISPATCH_TOOLS_ROLE: 'admin' }],
  ['DISPATCH_TOOLS_API_URL', { ...acting, DISPATCH_TOOLS_API_URL: 'ftp://x' }],
  ['DISPATCH_TOOLS_API_URL', { ...acting, DISPATCH_TOOLS_API_URL: 'http://user:pass@x' }],
  ['DISPATCH_TOOLS_API_URL', { ...acting, DISPATCH_TOOLS_API_URL: ' ' }],
  ['DISPATCH_TOOLS_TRANSPORT', { ...acting, DISPATCH_TOOLS_TRANSPORT: 'sse' }],
  ['DISPATCH_TOOLS_NAMES', { ...acting, DISPATCH_TOOLS_NAMES: 'camel' }],
  ['DISPATCH_TOOLS_TIMEOUT_MS', { ...acting, DISPATCH_TOOLS_TIMEOUT_MS: '99' }],
  ['DISPATCH_TOOLS_ATTEMPTS', { ...acting, DISPATCH_TOOLS_ATTEMPTS: '0' }],
  ['DISPATCH_LOG_LEVEL', { ...acting, DISPATCH_LOG_LEVEL: 'loud' }],
  ['DISPATCH_TOOLS_TOKEN', {}],
  ['DISPATCH_TOOLS_TOKEN', { ...acting, DISPATCH_TOOLS_TOKEN: 'a.b.c' }],
  ['DISPATCH_TOOLS_JWT_SECRET', { ...acting, DISPATCH_TOOLS_JWT_SECRET_FILE: '/secret' }],
  ['DISPATCH_TOOLS_JWT_SECRET', { ...acting, NODE_ENV: 'production', DISPATCH_TOOLS_JWT_SECRET: 'short' }],
  ['DISPATCH_TOOLS_JWT_SECRET', { ...acting, DISPATCH_TOOLS_JWT_SECRET: '-----BEGIN PRIVATE KEY-----' }],
  ['DISPATCH_TOOLS_JWT_SECRET_FILE', { DISPATCH_TOOLS_JWT_SECRET_FILE: '/there/is/none' }],
  ['DISPATCH_TOOLS_ACTOR_ID', { DISPATCH_TOOLS_JWT_SECRET: SECRET }],
  ['DISPATCH_TOOLS_ACCOUNT_SCOPE', { ...acting, DISPATCH_TOOLS_ACCOUNT_SCOPE: 'all' }],
  ['DISPATCH_TOOLS_SITE_SCOPE', { ...acting, DISPATCH_TOOLS_SITE_SCOPE: '' }],
  ['DISPATCH_TOOLS_TECHNICIAN_ID', { ...acting, DISPATCH_TOOLS_TECHNICIAN_ID: 'mo' }],
  ['DISPATCH_TOOLS_CORRELATION_ID', { ...acting, DISPATCH_TOOLS_CORRELATION_ID: 'a b' }],
  ['DISPATCH_TOOLS_ALLOWED_HOSTS', { ...http, DISPATCH_TOOLS_HOST: '0.0.0.0' }],
  ['DISPATCH_TOOLS_ALLOWED_HOSTS', { ...http, DISPATCH_TOOLS_ALLOWED_HOSTS: 'http://x' }],
  ['DISPATCH_TOOLS_ALLOWED_ORIGINS', { ...http, DISPATCH_TOOLS_ALLOWED_ORIGINS: '*' }],
  ['DISPATCH_TOOLS_PORT', { ...http, DISPATCH_TOOLS_PORT: '65536' }],
  ['DISPATCH_TOOLS_SESSIONS', { ...http, DISPATCH_TOOLS_SESSIONS: '0' }],
  ['DISPATCH_TOOLS_SESSION_IDLE_SECONDS', { ...http, DISPATCH_TOOLS_SESSION_IDLE_SECONDS: '-1' }],
  ['DISPATCH_TOOLS_BODY_LIMIT', { ...http, DISPATCH_TOOLS_BODY_LIMIT: '1e9' }],
])('a bad %s stops the start, and its value is not told', (variable, env) => {
  expect(() => readConfig(env)).toThrow(
    expect.objectContaining({ name: 'ConfigFault', variable, message: expect.not.stringContaining(SECRET) }),
  );
});
