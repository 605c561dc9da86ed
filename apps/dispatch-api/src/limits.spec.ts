import { expect, test } from '@jest/globals';
import { readLimits } from './limits.js';

test('outside of production nobody is counted; in production everybody is', () => {
  expect(readLimits({})).toEqual({
    requestMs: 30_000,
    connections: 10_000,
    drainMs: 10_000,
    rate: { windowMs: 10_000, perActor: undefined, perAddress: undefined },
    trustedProxies: [],
  });
  expect(readLimits({ NODE_ENV: 'production' }).rate).toEqual({
    windowMs: 10_000,
    perActor: 3_000,
    perAddress: 20_000,
  });
});

test('each is read, and 0 counts nobody in production either', () => {
  const limits = readLimits({
    NODE_ENV: 'production',
    DISPATCH_REQUEST_TIMEOUT_MS: '5000',
    DISPATCH_MAX_CONNECTIONS: '7',
    DISPATCH_DRAIN_MS: '0',
    DISPATCH_RATE_LIMIT_PER_ACTOR: '0',
    DISPATCH_RATE_LIMIT_PER_ADDRESS: '50',
    DISPATCH_RATE_LIMIT_WINDOW_MS: '1000',
    DISPATCH_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1',
  });
  expect(limits).toEqual({
    requestMs: 5_000,
    connections: 7,
    drainMs: 0,
    rate: { windowMs: 1_000, perActor: undefined, perAddress: 50 },
    trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
  });
});

test.each([
  ['DISPATCH_REQUEST_TIMEOUT_MS', '99'],
  ['DISPATCH_REQUEST_TIMEOUT_MS', '1e3'],
  ['DISPATCH_MAX_CONNECTIONS', '0'],
  ['DISPATCH_DRAIN_MS', '-1'],
  ['DISPATCH_DRAIN_MS', '600001'],
  ['DISPATCH_RATE_LIMIT_PER_ACTOR', '1.5'],
  ['DISPATCH_RATE_LIMIT_PER_ADDRESS', 'many'],
  ['DISPATCH_RATE_LIMIT_WINDOW_MS', ''],
  ['DISPATCH_TRUSTED_PROXIES', 'proxy.example'],
  ['DISPATCH_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['DISPATCH_TRUSTED_PROXIES', '10.0.0.1,'],
])('%s=%s is refused by name', (variable, value) => {
  expect(() => readLimits({ [variable]: value })).toThrow(expect.objectContaining({ name: 'ConfigFault', variable }));
});
