import { ConfigFault, type Environment } from '@dispatch/access';
import { faultOfEventStoreDbUrl } from '@dispatch/event-store';
import { isKeyName, NoteFault, type Signer, signerOf } from '@dispatch/proof';

const ROLES = ['all', 'api', 'projector'] as const;
/** What a process runs: the API, what keeps the read models, or both. */
export type Role = (typeof ROLES)[number];

/** What every process of Dispatch is told from outside. */
export interface ProcessSettings {
  readonly role: Role;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly dataDir: string;
  /** An existing Postgres; undefined: the embedded one. */
  readonly database: { readonly url: string; readonly migrationUrl: string } | undefined;
  /** The EventStoreDB or KurrentDB cluster that holds the log, login and all; undefined: Postgres holds it. */
  readonly eventStoreUrl: string | undefined;
  readonly logLevel: string;
  readonly audit: AuditSettings;
}

/** How heads of the log's tree are signed. */
export interface AuditSettings {
  /** Names the log in what is signed; undefined: as the key is called. */
  readonly origin: string | undefined;
  /** The key that is given, if one is. */
  readonly key: Signer | undefined;
  readonly keyFile: string | undefined;
  /** Without a given key one may be made in the data folder. */
  readonly mayMakeKey: boolean;
  /** From one signed head to the next at least. */
  readonly checkpointSeconds: number;
}

/** All settings of all processes: they may share one file of them. */
const KNOWN = new Set([
  'DISPATCH_ROLE',
  'DISPATCH_API_HOST',
  'DISPATCH_API_PORT',
  'DISPATCH_DATA_DIR',
  'DISPATCH_DATABASE_URL',
  'DISPATCH_DATABASE_MIGRATION_URL',
  'DISPATCH_EVENTSTORE_URL',
  'DISPATCH_AUTH_JWT_SECRET',
  'DISPATCH_AUTH_JWKS_URL',
  'DISPATCH_AUTH_JWT_ISSUER',
  'DISPATCH_AUTH_JWT_AUDIENCE',
  'DISPATCH_AUTH_ALLOW_DEV_HEADERS',
  'DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID',
  'DISPATCH_OBJECT_STORE_SCHEMES',
  'DISPATCH_READ_WAIT_MS',
  'DISPATCH_LOG_LEVEL',
  'DISPATCH_AUDIT_ORIGIN',
  'DISPATCH_AUDIT_SIGNING_KEY',
  'DISPATCH_AUDIT_SIGNING_KEY_FILE',
  'DISPATCH_AUDIT_CHECKPOINT_SECONDS',
]);
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** Reads and checks what all processes share; throws a ConfigFault that names the first bad or unknown variable. */
export function readProcessSettings(env: Environment): ProcessSettings {
  const unknown = Object.keys(env).find((name) => name.startsWith('DISPATCH_') && !KNOWN.has(name));
  if (unknown) throw new ConfigFault(unknown, 'is not a setting of Dispatch');
  return {
    role: readRole(env),
    host: given(env, 'DISPATCH_API_HOST') ?? '127.0.0.1',
    port: readPort(env),
    dataDir: given(env, 'DISPATCH_DATA_DIR') ?? './.dispatch',
    database: readDatabase(env),
    eventStoreUrl: readEventStore(env),
    logLevel: readLogLevel(env),
    audit: readAudit(env),
  };
}

/** Undefined when unset; a variable that is set to nothing is a mistake, not a default. */
export function given(env: Environment, name: string): string | undefined {
  const text = env[name];
  if (text !== undefined && text.trim() === '') throw new ConfigFault(name, 'is set but empty');
  return text;
}

function readRole(env: Environment): Role {
  const text = given(env, 'DISPATCH_ROLE') ?? 'all';
  const role = ROLES.find((one) => one === text);
  if (!role) throw new ConfigFault('DISPATCH_ROLE', `must be one of ${ROLES.join(', ')}`);
  return role;
}

function readPort(env: Environment): number {
  const text = given(env, 'DISPATCH_API_PORT') ?? '8080';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigFault('DISPATCH_API_PORT', 'must be a port from 0 to 65535');
  return port;
}

function readDatabase(env: Environment): ProcessSettings['database'] {
  const url = postgresUrl(env, 'DISPATCH_DATABASE_URL');
  const migrationUrl = postgresUrl(env, 'DISPATCH_DATABASE_MIGRATION_URL');
  if (migrationUrl && !url)
    throw new ConfigFault('DISPATCH_DATABASE_MIGRATION_URL', 'has no meaning without DISPATCH_DATABASE_URL');
  return url === undefined ? undefined : { url, migrationUrl: migrationUrl ?? url };
}

function postgresUrl(env: Environment, name: string): string | undefined {
  const text = given(env, name);
  // Not parsed as a URL: one for a Unix socket names no host.
  if (text !== undefined && !/^postgres(ql)?:\/\/\S+$/.test(text))
    throw new ConfigFault(name, 'must be a URL such as postgresql://user@host:5432/database');
  return text;
}

function readEventStore(env: Environment): string | undefined {
  const url = given(env, 'DISPATCH_EVENTSTORE_URL');
  const fault = url === undefined ? undefined : faultOfEventStoreDbUrl(url);
  if (fault !== undefined) throw new ConfigFault('DISPATCH_EVENTSTORE_URL', fault);
  return url;
}

const A_DAY = 86_400;

function readAudit(env: Environment): AuditSettings {
  const origin = given(env, 'DISPATCH_AUDIT_ORIGIN');
  if (origin !== undefined && !isKeyName(origin))
    throw new ConfigFault(
      'DISPATCH_AUDIT_ORIGIN',
      'must be a name such as example.com/dispatch, without space and plus',
    );
  const key = readSigningKey(env);
  const keyFile = given(env, 'DISPATCH_AUDIT_SIGNING_KEY_FILE');
  if (key && keyFile !== undefined)
    throw new ConfigFault('DISPATCH_AUDIT_SIGNING_KEY_FILE', 'and DISPATCH_AUDIT_SIGNING_KEY are both set');
  const seconds = given(env, 'DISPATCH_AUDIT_CHECKPOINT_SECONDS') ?? '60';
  if (!/^[1-9]\d{0,4}$/.test(seconds) || Number(seconds) > A_DAY)
    throw new ConfigFault('DISPATCH_AUDIT_CHECKPOINT_SECONDS', `must be whole seconds from 1 to ${A_DAY}`);
  // A container's own folder is lost with it: a key that is made there would be a new one at each start.
  const kept = env['NODE_ENV'] !== 'production' || !env['DISPATCH_DATABASE_URL'] || !!env['DISPATCH_DATA_DIR'];
  return { origin, key, keyFile, mayMakeKey: kept, checkpointSeconds: Number(seconds) };
}

function readSigningKey(env: Environment): Signer | undefined {
  const name = 'DISPATCH_AUDIT_SIGNING_KEY';
  const line = given(env, name);
  if (line === undefined) return undefined;
  try {
    return signerOf(line.trim());
  } catch (error) {
    if (error instanceof NoteFault) throw new ConfigFault(name, `holds no signing key: ${error.message}`);
    throw error;
  }
}

function readLogLevel(env: Environment): string {
  const level = given(env, 'DISPATCH_LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(level))
    throw new ConfigFault('DISPATCH_LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
