import { readFileSync } from 'node:fs';

/** A setting that the bridge must not start with. The message is one line and names the variable. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
  constructor(
    readonly variable: string,
    problem: string,
  ) {
    super(`${variable} ${problem}`);
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable that the bridge knows. `DISPATCH_LOG_LEVEL` it shares with all processes. */
export const TOOLS_VARIABLES = [
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
] as const;
export type Variable = (typeof TOOLS_VARIABLES)[number];

/** A comma list of host names; undefined when unset. */
export function names(env: Environment, variable: Variable): readonly string[] | undefined {
  const text = given(env, variable);
  if (text === undefined) return undefined;
  const list = text.split(',').map((name) => name.trim().toLowerCase());
  if (!list.every((name) => /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/.test(name)))
    throw new ConfigFault(variable, 'must be a comma list of host names, without scheme and port');
  return list;
}

/** A whole number within limits. */
export function whole(env: Environment, variable: Variable, usual: number, least: number, most: number): number {
  const text = given(env, variable);
  if (text === undefined) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new ConfigFault(variable, `must be a whole number from ${least} to ${most}`);
  return value;
}

/** What stands in the file that a variable names, without the space around it. */
export function fileText(variable: Variable, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigFault(variable, `names a file that cannot be read (${code})`);
  }
  if (text === '') throw new ConfigFault(variable, 'names a file that is empty');
  return text;
}

/** Undefined when unset; a variable that is set to nothing is a mistake, not a default. */
export function given(env: Environment, variable: Variable): string | undefined {
  const text = env[variable];
  if (text !== undefined && text.trim() === '') throw new ConfigFault(variable, 'is set but empty');
  return text;
}

/** Of a variable that has no default. */
export function demanded(env: Environment, variable: Variable): string {
  const text = given(env, variable);
  if (text === undefined) throw new ConfigFault(variable, 'must be set, since tokens are minted here');
  return text;
}
