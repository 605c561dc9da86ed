import { isIP } from 'node:net';
import { ConfigFault, type Environment } from '@dispatch/access';
import { given, givenWhole } from '@dispatch/process';

/** What one client may take of this process, so that there is something left for the others. */
export interface Limits {
  /** Milliseconds in which a whole request has to arrive, headers and body. */
  readonly requestMs: number;
  /** Connections at once; those beyond are closed as they come. */
  readonly connections: number;
  /** Milliseconds that a stop waits for what is in flight. */
  readonly drainMs: number;
  /** Requests in a window of `windowMs` milliseconds; undefined: as many as come. */
  readonly rate: { readonly windowMs: number; readonly perActor?: number; readonly perAddress?: number };
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

/**
 * Outside of production nobody is counted: there one actor may be a test, a benchmark or a demo. In production a window
 * of ten seconds bears what no person and few programs do.
 */
export function readLimits(env: Environment): Limits {
  const production = env['NODE_ENV'] === 'production';
  return {
    requestMs: givenWhole(env, 'DISPATCH_REQUEST_TIMEOUT_MS', { least: 100, most: 600_000, usual: 30_000 }),
    connections: givenWhole(env, 'DISPATCH_MAX_CONNECTIONS', { least: 1, most: 1_000_000, usual: 10_000 }),
    drainMs: givenWhole(env, 'DISPATCH_DRAIN_MS', { least: 0, most: 600_000, usual: 10_000 }),
    rate: {
      windowMs: givenWhole(env, 'DISPATCH_RATE_LIMIT_WINDOW_MS', { least: 100, most: 3_600_000, usual: 10_000 }),
      perActor: readRate(env, 'DISPATCH_RATE_LIMIT_PER_ACTOR', production ? 3_000 : 0),
      perAddress: readRate(env, 'DISPATCH_RATE_LIMIT_PER_ADDRESS', production ? 20_000 : 0),
    },
    trustedProxies: readProxies(env),
  };
}

/** 0 counts nobody. */
const readRate = (env: Environment, name: string, usual: number): number | undefined =>
  givenWhole(env, name, { least: 0, most: 1_000_000_000, usual }) || undefined;

function readProxies(env: Environment): readonly string[] {
  const name = 'DISPATCH_TRUSTED_PROXIES';
  const text = given(env, name);
  if (text === undefined) return [];
  const proxies = text.split(',').map((proxy) => proxy.trim());
  if (!proxies.every(isAddressOrNetwork))
    throw new ConfigFault(name, 'must be a comma list of addresses and networks such as 10.0.0.0/8');
  return proxies;
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}
