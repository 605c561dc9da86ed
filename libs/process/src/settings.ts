import { ConfigFault, type Environment } from '@dispatch/access';
import { faultOfEventStoreDbUrl } from '@dispatch/event-store';
import { type MasterKey, MasterKeyFault, masterKeyOf } from '@dispatch/privacy';
import { isKeyName, NoteFault, type Signer, signerOf } from '@dispatch/proof';
import type { LogFileOptions } from '@dispatch/telemetry';
import { given, givenWhole } from './given.js';
import { OPS_VARIABLES, type OpsSettings, readOpsSettings } from './ops-settings.js';

const ROLES = ['all', 'api', 'projector'] as const;
/** What a process runs: the API, what keeps the read models, or both. */
export type Role = (typeof ROLES)[number];

/** The logins to a Postgres that is not the embedded one: the service's, and the owner's for migrations. */
export interface ExternalDatabase {
  readonly url: string;
  readonly migrationUrl: string;
}

/** What every process of Dispatch is told from outside. */
export interface ProcessSettings {
  readonly role: Role;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly dataDir: string;
  /** An existing Postgres; undefined: the embedded one. */
  readonly database: ExternalDatabase | undefined;
  /** The EventStoreDB or KurrentDB cluster that holds the log, login and all; undefined: Postgres holds it. */
  readonly eventStoreUrl: string | undefined;
  /** Milliseconds that a call to the log may take; its outcome is unknown then. */
  readonly logTimeoutMs: number;
  readonly logLevel: string;
  /** Where the log is kept beside standard output. */
  readonly logFile: LogFileOptions | undefined;
  readonly ops: OpsSettings;
  readonly audit: AuditSettings;
  readonly privacy: PrivacySettings;
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

/** What people's keys are kept under. */
export interface PrivacySettings {
  /** The master key that is given, if one is. */
  readonly key: MasterKey | undefined;
  /** Without a given key one may be made in the data folder. */
  readonly mayMakeKey: boolean;
}

/** Where the log is, and how long it may take to answer. */
export type LogSettings = Pick<ProcessSettings, 'eventStoreUrl' | 'logTimeoutMs'>;

/** All settings of all processes: they may share one file of them. */
const KNOWN = new Set<string>([
  'DISPATCH_ROLE',
  'DISPATCH_API_HOST',
  'DISPATCH_API_PORT',
  'DISPATCH_DATA_DIR',
  'DISPATCH_DATABASE_URL',
  'DISPATCH_DATABASE_MIGRATION_URL',
  'DISPATCH_EVENTSTORE_URL',
  'DISPATCH_LOG_TIMEOUT_MS',
  'DISPATCH_AUTH_JWT_SECRET',
  'DISPATCH_AUTH_JWKS_URL',
  'DISPATCH_AUTH_JWT_ISSUER',
  'DISPATCH_AUTH_JWT_AUDIENCE',
  'DISPATCH_AUTH_ALLOW_DEV_HEADERS',
  'DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID',
  'DISPATCH_OBJECT_STORE_SCHEMES',
  'DISPATCH_OBJECT_STORE_URL',
  'DISPATCH_OBJECT_STORE_REGION',
  'DISPATCH_OBJECT_STORE_ACCESS_KEY_ID',
  'DISPATCH_OBJECT_STORE_SECRET_ACCESS_KEY',
  'DISPATCH_OBJECT_STORE_STRICT',
  'DISPATCH_UPLOAD_MAX_BYTES',
  'DISPATCH_READ_WAIT_MS',
  'DISPATCH_LOG_LEVEL',
  'DISPATCH_LOG_FILE',
  'DISPATCH_LOG_FILE_MEGABYTES',
  'DISPATCH_LOG_FILE_KEEP',
  ...OPS_VARIABLES,
  'DISPATCH_REQUEST_TIMEOUT_MS',
  'DISPATCH_MAX_CONNECTIONS',
  'DISPATCH_DRAIN_MS',
  'DISPATCH_RATE_LIMIT_PER_ACTOR',
  'DISPATCH_RATE_LIMIT_PER_ADDRESS',
  'DISPATCH_RATE_LIMIT_WINDOW_MS',
  'DISPATCH_TRUSTED_PROXIES',
  'DISPATCH_TOOLS_API_URL',
  'DISPATCH_TOOLS_TRANSPORT',
  'DISPATCH_TOOLS_NAMES',
  'DISPATCH_TOOLS_TIMEOUT_MS',
  'DISPATCH_TOOLS_ATTEMPTS',
  'DISPATCH_TOOLS_TOKEN',
  'DISPATCH_TOOLS_TOKEN_FILE',
  'DISPATCH_TOOLS_JWT_SECRET',
  'DISPATCH_TOOLS_JWT_SECRET_FILE',
  'DISPATCH_TOOLS_JWT_ISSUER',
  'DISPATCH_TOOLS_JWT_AUDIENCE',
  'DISPATCH_TOOLS_ACTOR_ID',
  'DISPATCH_TOOLS_ACTOR_ROLE',
  'DISPATCH_TOOLS_ACCOUNT_SCOPE',
  'DISPATCH_TOOLS_SITE_SCOPE',
  'DISPATCH_TOOLS_TECHNICIAN_ID',
  'DISPATCH_TOOLS_CORRELATION_ID',
  'DISPATCH_TOOLS_HOST',
  'DISPATCH_TOOLS_PORT',
  'DISPATCH_TOOLS_ALLOWED_HOSTS',
  'DISPATCH_TOOLS_ALLOWED_ORIGINS',
  'DISPATCH_TOOLS_SESSIONS',
  'DISPATCH_TOOLS_SESSION_IDLE_SECONDS',
  'DISPATCH_TOOLS_BODY_LIMIT',
  'DISPATCH_DENIED_PER_MINUTE',
  'DISPATCH_DENIED_PER_SOURCE',
  'DISPATCH_AUDIT_ORIGIN',
  'DISPATCH_AUDIT_SIGNING_KEY',
  'DISPATCH_AUDIT_SIGNING_KEY_FILE',
  'DISPATCH_AUDIT_CHECKPOINT_SECONDS',
  'DISPATCH_PRIVACY_KEY',
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
    logTimeoutMs: readLogTimeout(env),
    logLevel: readLogLevel(env),
    logFile: readLogFile(env),
    ops: readOpsSettings(env),
    audit: readAudit(env),
    privacy: readPrivacy(env),
  };
}

/** Schemes of the object store, lower case, without colon. */
export function readObjectStoreSchemes(env: Environment): readonly string[] {
  const name = 'DISPATCH_OBJECT_STORE_SCHEMES';
  const schemes = (given(env, name) ?? 's3,minio').split(',').map((scheme) => scheme.trim().toLowerCase());
  if (!schemes.every((scheme) => /^[a-z][a-z0-9+.-]*$/.test(scheme)))
    throw new ConfigFault(name, 'must be a comma list of URI schemes such as s3,minio');
  return schemes;
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

/** Less is less than a commit may take on a busy disk; whoever waits for longer has long given up. */
const LOG_TIMEOUT_MS = { least: 100, usual: 5_000, most: 60_000 };

function readLogTimeout(env: Environment): number {
  const name = 'DISPATCH_LOG_TIMEOUT_MS';
  const { least, usual, most } = LOG_TIMEOUT_MS;
  const text = given(env, name) ?? String(usual);
  const ms = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(ms >= least && ms <= most)) throw new ConfigFault(name, `must be whole milliseconds from ${least} to ${most}`);
  return ms;
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
  return { origin, key, keyFile, mayMakeKey: keepsKeys(env), checkpointSeconds: Number(seconds) };
}

/** A container's own folder is lost with it: a key that is made there would be a new one at each start. */
const keepsKeys = (env: Environment): boolean =>
  env['NODE_ENV'] !== 'production' || !env['DISPATCH_DATABASE_URL'] || !!env['DISPATCH_DATA_DIR'];

function readPrivacy(env: Environment): PrivacySettings {
  const name = 'DISPATCH_PRIVACY_KEY';
  const text = given(env, name);
  if (text === undefined) return { key: undefined, mayMakeKey: keepsKeys(env) };
  try {
    return { key: masterKeyOf(text), mayMakeKey: false };
  } catch (error) {
    if (error instanceof MasterKeyFault) throw new ConfigFault(name, `holds no master key: ${error.message}`);
    throw error;
  }
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

function readLogFile(env: Environment): LogFileOptions | undefined {
  const path = given(env, 'DISPATCH_LOG_FILE');
  const megabytes = givenWhole(env, 'DISPATCH_LOG_FILE_MEGABYTES', { usual: 100, least: 1, most: 10_000 });
  const keep = givenWhole(env, 'DISPATCH_LOG_FILE_KEEP', { usual: 10, least: 1, most: 1_000 });
  return path === undefined ? undefined : { path, megabytes, keep };
}
