import { describe, expect, test } from '@jest/globals';
import { masterKeyOf } from '@dispatch/privacy';
import { readOpsSettings } from './ops-settings.js';
import { readProcessSettings } from './settings.js';

test('an empty environment is one process with all there is, on an embedded Postgres', () => {
  expect(readProcessSettings({})).toEqual({
    role: 'all',
    host: '127.0.0.1',
    port: 8080,
    dataDir: './.dispatch',
    database: undefined,
    eventStoreUrl: undefined,
    logTimeoutMs: 5_000,
    logLevel: 'info',
    logFile: undefined,
    ops: readOpsSettings({}),
    audit: { origin: undefined, key: undefined, keyFile: undefined, mayMakeKey: true, checkpointSeconds: 60 },
    privacy: { key: undefined, mayMakeKey: true },
  });
});

test('every variable is read, and what is not ours is left alone', () => {
  const settings = readProcessSettings({
    PATH: '/bin',
    DISPATCH_ROLE: 'projector',
    DISPATCH_API_HOST: '0.0.0.0',
    DISPATCH_API_PORT: '0',
    DISPATCH_DATA_DIR: '/data',
    DISPATCH_DATABASE_URL: 'postgresql://app@db/dispatch',
    DISPATCH_DATABASE_MIGRATION_URL: 'postgres://owner@db/dispatch',
    DISPATCH_EVENTSTORE_URL: 'esdb+discover://app:pass@cluster:2113?tlsCaFile=/certs/ca.crt',
    DISPATCH_LOG_TIMEOUT_MS: '1500',
    DISPATCH_LOG_LEVEL: 'warn',
    DISPATCH_LOG_FILE: '/var/log/dispatch.log',
    DISPATCH_LOG_FILE_MEGABYTES: '10',
    DISPATCH_LOG_FILE_KEEP: '3',
    DISPATCH_ALERT_WINDOW_MINUTES: '5',
    DISPATCH_AUDIT_ORIGIN: 'example.com/dispatch',
    DISPATCH_AUDIT_SIGNING_KEY_FILE: '/run/secrets/audit',
    DISPATCH_AUDIT_CHECKPOINT_SECONDS: '5',
    DISPATCH_PRIVACY_KEY: '07'.repeat(32),
  });
  expect(settings).toEqual({
    role: 'projector',
    host: '0.0.0.0',
    port: 0,
    dataDir: '/data',
    database: { url: 'postgresql://app@db/dispatch', migrationUrl: 'postgres://owner@db/dispatch' },
    eventStoreUrl: 'esdb+discover://app:pass@cluster:2113?tlsCaFile=/certs/ca.crt',
    logTimeoutMs: 1_500,
    logLevel: 'warn',
    logFile: { path: '/var/log/dispatch.log', megabytes: 10, keep: 3 },
    ops: readOpsSettings({ DISPATCH_ALERT_WINDOW_MINUTES: '5' }),
    audit: {
      origin: 'example.com/dispatch',
      key: undefined,
      keyFile: '/run/secrets/audit',
      mayMakeKey: true,
      checkpointSeconds: 5,
    },
    privacy: { key: masterKeyOf('07'.repeat(32)), mayMakeKey: false },
  });
});

test('one URL serves for the migrations too', () => {
  const { database } = readProcessSettings({ DISPATCH_DATABASE_URL: 'postgresql:///dispatch?host=/run' });
  expect(database?.migrationUrl).toBe(database?.url);
});

test('a projector may be given the settings of the API with it', () => {
  const settings = { DISPATCH_ROLE: 'projector', DISPATCH_AUTH_JWT_SECRET: 's', DISPATCH_READ_WAIT_MS: '5' };
  expect(readProcessSettings(settings).role).toBe('projector');
});

describe('a bad value is named', () => {
  test.each([
    ['DISPATCH_ROLE', 'worker'],
    ['DISPATCH_ROLE', ''],
    ['DISPATCH_ROLES', 'all'],
    ['DISPATCH_API_HOST', ' '],
    ['DISPATCH_API_PORT', '65536'],
    ['DISPATCH_API_PORT', '80a'],
    ['DISPATCH_DATABASE_URL', 'mysql://db'],
    ['DISPATCH_DATABASE_MIGRATION_URL', 'postgresql://db/x'],
    ['DISPATCH_EVENTSTORE_URL', 'https://cluster:2113'],
    ['DISPATCH_EVENTSTORE_URL', 'esdb://cluster?nodePreference=follower'],
    ['DISPATCH_LOG_TIMEOUT_MS', '99'],
    ['DISPATCH_LOG_TIMEOUT_MS', '60001'],
    ['DISPATCH_LOG_TIMEOUT_MS', '5s'],
    ['DISPATCH_LOG_LEVEL', 'loud'],
    ['DISPATCH_LOG_FILE', ''],
    ['DISPATCH_LOG_FILE_MEGABYTES', '0'],
    ['DISPATCH_LOG_FILE_KEEP', 'all'],
    ['DISPATCH_AUDIT_ORIGIN', 'a log'],
    ['DISPATCH_AUDIT_SIGNING_KEY', 'PRIVATE+KEY+example.com+00000000+AAAA'],
    ['DISPATCH_AUDIT_SIGNING_KEY_FILE', ''],
    ['DISPATCH_AUDIT_CHECKPOINT_SECONDS', '0'],
    ['DISPATCH_AUDIT_CHECKPOINT_SECONDS', '86401'],
    ['DISPATCH_PRIVACY_KEY', 'secret'],
    ['DISPATCH_PRIVACY_KEY', ''],
  ])('%s=%s', (variable, value) => {
    expect(() => readProcessSettings({ [variable]: value })).toThrow(
      expect.objectContaining({ name: 'ConfigFault', variable }),
    );
  });
});
