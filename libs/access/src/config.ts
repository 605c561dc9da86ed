/** How callers are recognised. Read once at start by {@link readAccessConfig}. */
export interface AccessConfig {
  /** Shared secret of HS256. */
  readonly secret?: string;
  /** Where the public keys of RS256, ES256 and EdDSA are published. */
  readonly jwksUrl?: string;
  /** Expected `iss` and `aud`; unchecked when undefined. */
  readonly issuer?: string;
  readonly audience?: string;
  /** Takes the X-Actor-* headers at their word where there is no token: anyone can be anyone. */
  readonly allowDevHeaders: boolean;
  /** Refuses tokens of role tech that are bound to no technician. */
  readonly requireTechnicianId: boolean;
  /** Milliseconds since 1970; Date.now when undefined. */
  readonly clock?: () => number;
}

/** A setting that the service must not start with. The message is one line and names the variable. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
  constructor(
    readonly variable: string,
    problem: string,
  ) {
    super(`${variable} ${problem}`);
  }
}

export type Environment = { readonly [variable: string]: string | undefined };

/** RFC 7518, 3.2: an HS256 key has at least the 256 bits of the hash. */
const secretBytes = 32;

/**
 * Reads DISPATCH_AUTH_* and NODE_ENV; throws {@link ConfigFault} for the first bad value. A variable that is set but
 * empty is a bad value too: it must not switch a check off by a typo in a deployment file.
 *
 * Production needs a secret or a JWKS URL, and has development headers only when they are asked for by name.
 */
export function readAccessConfig(env: Environment): AccessConfig {
  const production = env['NODE_ENV'] === 'production';
  const secret = readSecret(env, production);
  const jwksUrl = readJwksUrl(env);
  if (production && secret === undefined && jwksUrl === undefined)
    throw new ConfigFault(
      'DISPATCH_AUTH_JWT_SECRET',
      'or DISPATCH_AUTH_JWKS_URL must be set in production: without them no token can be checked',
    );
  return Object.freeze({
    secret,
    jwksUrl,
    issuer: readText(env, 'DISPATCH_AUTH_JWT_ISSUER'),
    audience: readText(env, 'DISPATCH_AUTH_JWT_AUDIENCE'),
    allowDevHeaders: readFlag(env, 'DISPATCH_AUTH_ALLOW_DEV_HEADERS') ?? !production,
    requireTechnicianId: readFlag(env, 'DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID') ?? false,
  });
}

function readSecret(env: Environment, production: boolean): string | undefined {
  const variable = 'DISPATCH_AUTH_JWT_SECRET';
  const secret = readText(env, variable);
  if (secret?.includes('-----BEGIN '))
    throw new ConfigFault(variable, 'must be a secret, not a key or certificate in PEM: public keys belong in a JWKS');
  if (production && secret !== undefined && Buffer.byteLength(secret) < secretBytes)
    throw new ConfigFault(variable, `must be at least ${secretBytes} bytes in production`);
  return secret;
}

function readJwksUrl(env: Environment): string | undefined {
  const variable = 'DISPATCH_AUTH_JWKS_URL';
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ConfigFault(variable, 'must be an http or https URL');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new ConfigFault(variable, 'must use https unless its host is this machine: keys could be swapped on the way');
  if (url.username !== '' || url.password !== '') throw new ConfigFault(variable, 'must not carry a user or password');
  return url.href;
}

/** `hostname` as WHATWG URLs normalise it: every spelling of 127.0.0.0/8 comes out in four decimal parts. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function readText(env: Environment, variable: string): string | undefined {
  const value = env[variable];
  if (value !== undefined && value.trim() === '')
    throw new ConfigFault(variable, 'is empty: set a value or leave it out');
  return value;
}

/** `true` or `false`; undefined when unset. @throws ConfigFault */
export function readFlag(env: Environment, variable: string): boolean | undefined {
  const value = readText(env, variable);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw new ConfigFault(variable, 'must be true or false');
  return value === 'true';
}
