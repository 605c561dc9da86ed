import type { ActingAgent, Scope, ServiceCredential } from './agent.js';
import type { Patience } from './api-client.js';
import { isUuid } from './arguments.js';
import { type Naming, NAMINGS } from './names.js';
import {
  ConfigFault,
  demanded,
  type Environment,
  fileText,
  given,
  names,
  TOOLS_VARIABLES,
  type Variable,
  whole,
} from './settings.js';

export { ConfigFault, type Environment, TOOLS_VARIABLES } from './settings.js';

/** All that is set from outside, read once. */
export interface Config {
  /** Where the API listens. */
  readonly apiUrl: string;
  readonly naming: Naming;
  readonly patience: Patience;
  readonly logLevel: string;
  readonly serve: ServeStdio | ServeHttp;
}

/** One session, with the host that started the process. */
export interface ServeStdio {
  readonly transport: 'stdio';
  readonly identity: Identity;
  /** Of the session; undefined: a new one. */
  readonly correlationId: string | undefined;
}

/** Many sessions, each of the token that its requests carry. */
export interface ServeHttp {
  readonly transport: 'http';
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Names that the Host header may have, without ports. */
  readonly allowedHosts: readonly string[];
  /** Hosts of pages that may send requests, without scheme and port. */
  readonly allowedOrigins: readonly string[];
  /** At a time. */
  readonly sessions: number;
  readonly sessionIdleMs: number;
  /** Of a request's body, in bytes. */
  readonly bodyLimit: number;
}

/** Whom a session acts for: with a token made elsewhere, or with tokens minted here. */
export type Identity =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly agent: ActingAgent; readonly credential: ServiceCredential };

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];
/** RFC 7518, 3.2: an HS256 key has at least the 256 bits of the hash. */
const SECRET_BYTES = 32;
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/** Reads and checks the environment; throws a ConfigFault that names the first bad or unknown variable. */
export function readConfig(env: Environment): Config {
  const common = readCommon(env);
  const transport = given(env, 'DISPATCH_TOOLS_TRANSPORT') ?? 'stdio';
  if (transport !== 'stdio' && transport !== 'http')
    throw new ConfigFault('DISPATCH_TOOLS_TRANSPORT', 'must be stdio or http');
  const serve: Config['serve'] =
    transport === 'http'
      ? readHttp(env)
      : { transport, identity: readIdentity(env), correlationId: readCorrelation(env) };
  return Object.freeze({ ...common, serve });
}

/** What the server and the library have in common. */
export function readCommon(env: Environment): Omit<Config, 'serve'> {
  const known: readonly string[] = TOOLS_VARIABLES;
  const unknown = Object.keys(env).find((name) => name.startsWith('DISPATCH_TOOLS_') && !known.includes(name));
  if (unknown) throw new ConfigFault(unknown, 'is not a setting of Dispatch');
  const logLevel = env['DISPATCH_LOG_LEVEL'] ?? 'info';
  if (!LOG_LEVELS.includes(logLevel))
    throw new ConfigFault('DISPATCH_LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  const naming = given(env, 'DISPATCH_TOOLS_NAMES') ?? 'dotted';
  const isNaming = (text: string): text is Naming => NAMINGS.some((one) => one === text);
  if (!isNaming(naming)) throw new ConfigFault('DISPATCH_TOOLS_NAMES', `must be one of ${NAMINGS.join(', ')}`);
  return {
    apiUrl: readUrl(env),
    naming,
    patience: {
      timeoutMs: whole(env, 'DISPATCH_TOOLS_TIMEOUT_MS', 20_000, 100, 300_000),
      attempts: whole(env, 'DISPATCH_TOOLS_ATTEMPTS', 4, 1, 10),
    },
    logLevel,
  };
}

/** The service credential; undefined when none is set. */
export function readCredential(env: Environment): ServiceCredential | undefined {
  const file = given(env, 'DISPATCH_TOOLS_JWT_SECRET_FILE');
  const direct = given(env, 'DISPATCH_TOOLS_JWT_SECRET');
  if (file !== undefined && direct !== undefined)
    throw new ConfigFault('DISPATCH_TOOLS_JWT_SECRET', 'and DISPATCH_TOOLS_JWT_SECRET_FILE are both set: choose one');
  const variable = file === undefined ? 'DISPATCH_TOOLS_JWT_SECRET' : 'DISPATCH_TOOLS_JWT_SECRET_FILE';
  const secret = file === undefined ? direct : fileText(variable, file);
  if (secret === undefined) return undefined;
  if (secret.includes('-----BEGIN ')) throw new ConfigFault(variable, 'must be a secret, not a key in PEM');
  if (env['NODE_ENV'] === 'production' && Buffer.byteLength(secret) < SECRET_BYTES)
    throw new ConfigFault(variable, `must be at least ${SECRET_BYTES} bytes in production`);
  return {
    secret,
    issuer: given(env, 'DISPATCH_TOOLS_JWT_ISSUER'),
    audience: given(env, 'DISPATCH_TOOLS_JWT_AUDIENCE'),
  };
}

function readIdentity(env: Environment): Identity {
  const token = given(env, 'DISPATCH_TOOLS_TOKEN');
  const tokenFile = given(env, 'DISPATCH_TOOLS_TOKEN_FILE');
  const credential = readCredential(env);
  const oneOf = new ConfigFault(
    'DISPATCH_TOOLS_TOKEN',
    'or DISPATCH_TOOLS_TOKEN_FILE or DISPATCH_TOOLS_JWT_SECRET(_FILE) must be set, and one of them only, for stdio',
  );
  if ([token, tokenFile, credential].filter((one) => one !== undefined).length > 1) throw oneOf;
  if (token !== undefined) return { token };
  if (tokenFile !== undefined) return { tokenFile };
  if (credential !== undefined) return { agent: readAgent(env), credential };
  throw oneOf;
}

/** All of it must be said: an agent has no scope by default. */
function readAgent(env: Environment): ActingAgent {
  const technicianId = given(env, 'DISPATCH_TOOLS_TECHNICIAN_ID');
  if (technicianId !== undefined && !isUuid(technicianId))
    throw new ConfigFault('DISPATCH_TOOLS_TECHNICIAN_ID', 'must be a UUID');
  return {
    id: demanded(env, 'DISPATCH_TOOLS_ACTOR_ID'),
    role: demanded(env, 'DISPATCH_TOOLS_ACTOR_ROLE'),
    accounts: readScope(env, 'DISPATCH_TOOLS_ACCOUNT_SCOPE'),
    sites: readScope(env, 'DISPATCH_TOOLS_SITE_SCOPE'),
    technicianId,
  };
}

function readScope(env: Environment, variable: Variable): Scope {
  const text = demanded(env, variable);
  if (text === '*') return '*';
  const ids = text.split(',').map((id) => id.trim());
  if (!ids.every(isUuid)) throw new ConfigFault(variable, 'must be * or a comma list of UUIDs');
  return ids;
}

function readCorrelation(env: Environment): string | undefined {
  const id = given(env, 'DISPATCH_TOOLS_CORRELATION_ID');
  if (id !== undefined && !/^[\x21-\x7e]{1,200}$/.test(id))
    throw new ConfigFault('DISPATCH_TOOLS_CORRELATION_ID', 'must be 1 to 200 printable characters without spaces');
  return id;
}

function readHttp(env: Environment): ServeHttp {
  const host = given(env, 'DISPATCH_TOOLS_HOST') ?? '127.0.0.1';
  const hosts = names(env, 'DISPATCH_TOOLS_ALLOWED_HOSTS');
  if (!hosts && !LOCAL.includes(host) && host !== '::1')
    throw new ConfigFault(
      'DISPATCH_TOOLS_ALLOWED_HOSTS',
      'must name the hosts that clients use, since the bridge listens beyond this machine',
    );
  return {
    transport: 'http',
    host,
    port: whole(env, 'DISPATCH_TOOLS_PORT', 8090, 0, 65_535),
    allowedHosts: hosts ?? LOCAL,
    allowedOrigins: names(env, 'DISPATCH_TOOLS_ALLOWED_ORIGINS') ?? LOCAL,
    sessions: whole(env, 'DISPATCH_TOOLS_SESSIONS', 200, 1, 100_000),
    sessionIdleMs: whole(env, 'DISPATCH_TOOLS_SESSION_IDLE_SECONDS', 900, 1, 86_400) * 1000,
    // Above the API's own 1 MiB, so that what is too large for it is refused with a reason and not at the door.
    bodyLimit: whole(env, 'DISPATCH_TOOLS_BODY_LIMIT', 2 * 2 ** 20, 1024, 16 * 2 ** 20),
  };
}

function readUrl(env: Environment): string {
  const variable = 'DISPATCH_TOOLS_API_URL';
  const url = URL.parse(given(env, variable) ?? 'http://127.0.0.1:8080');
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ConfigFault(variable, 'must be an http or https URL');
  if (url.username !== '' || url.password !== '') throw new ConfigFault(variable, 'must not carry a user or password');
  if (url.search !== '' || url.hash !== '') throw new ConfigFault(variable, 'must not carry a query or fragment');
  return url.href;
}
