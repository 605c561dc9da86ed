import { readFileSync } from 'node:fs';
import { ConfigFault, type Environment } from '@dispatch/access';

/** What must not be read by whoever can list processes or print an environment: each may stand in a file instead. */
export const SECRETS = [
  'DISPATCH_AUTH_JWT_SECRET',
  'DISPATCH_DATABASE_URL',
  'DISPATCH_DATABASE_MIGRATION_URL',
  'DISPATCH_EVENTSTORE_URL',
  'DISPATCH_OPS_TOKEN',
  'DISPATCH_OBJECT_STORE_ACCESS_KEY_ID',
  'DISPATCH_OBJECT_STORE_SECRET_ACCESS_KEY',
  'DISPATCH_PRIVACY_KEY',
] as const;

/**
 * The environment with each secret of which `<name>_FILE` names a file, as Docker and Kubernetes mount them; a line
 * break at its end is none of it. Throws a ConfigFault that names the variable, and never what stands in the file.
 */
export function withSecretFiles(env: Environment): Environment {
  const settled: Record<string, string | undefined> = { ...env };
  for (const name of SECRETS) {
    const variable = `${name}_FILE`;
    const path = env[variable];
    if (path === undefined) continue;
    if (env[name] !== undefined) throw new ConfigFault(variable, `and ${name} are both set: one of them`);
    settled[name] = contentOf(variable, path);
    delete settled[variable];
  }
  return settled;
}

function contentOf(variable: string, path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigFault(variable, `names a file that cannot be read (${code})`);
  }
  if (content.trim() === '') throw new ConfigFault(variable, 'names a file with nothing in it');
  return content;
}
