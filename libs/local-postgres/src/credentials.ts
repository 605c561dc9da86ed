import { randomBytes } from 'node:crypto';
import { codeOf, field, LocalPostgresFailed } from './errors.js';
import { readIfThere, writeDurably } from './files.js';

export interface Credentials {
  readonly ownerPassword: string;
  readonly servicePassword: string;
}

/** Undefined when none were made yet. */
export async function readCredentials(path: string): Promise<Credentials | undefined> {
  const text = await readIfThere(path).catch((error: unknown) => {
    if (codeOf(error) !== 'EACCES') throw error;
    throw new LocalPostgresFailed(`${path} belongs to another user: run as the user who first started on this folder`);
  });
  if (text === undefined) return undefined;
  const credentials = parse(text);
  if (!credentials) throw new LocalPostgresFailed(`${path} is damaged: put back a copy of it`);
  return credentials;
}

export async function makeCredentials(path: string): Promise<Credentials> {
  const credentials = { ownerPassword: password(), servicePassword: password() };
  await writeDurably(path, `${JSON.stringify(credentials, undefined, 2)}\n`);
  return credentials;
}

function parse(text: string): Credentials | undefined {
  try {
    const content: unknown = JSON.parse(text);
    const [ownerPassword, servicePassword] = [field(content, 'ownerPassword'), field(content, 'servicePassword')];
    if (typeof ownerPassword !== 'string' || typeof servicePassword !== 'string') return undefined;
    return { ownerPassword, servicePassword };
  } catch {
    return undefined;
  }
}

/** 256 bits in characters that need no escaping, neither in a URL nor in SQL. */
function password(): string {
  return randomBytes(32).toString('base64url');
}
