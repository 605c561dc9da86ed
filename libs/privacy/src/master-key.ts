import { hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ownedAlone } from '@dispatch/files';

/** A master key that is none, or that others may read. Its message holds nothing of a key. */
export class MasterKeyFault extends Error {
  override readonly name = 'MasterKeyFault';
}

/** What follows from a master key. */
export interface MasterKey {
  /** Wraps other keys. */
  readonly wrapping: Buffer;
  /** Tells master keys apart; says nothing of the key. 16 hex digits. */
  readonly mark: string;
}

const BYTES = 32;

/** The master key in a text: 32 bytes as 64 hex digits or in base64. @throws MasterKeyFault */
export function masterKeyOf(text: string): MasterKey {
  const line = text.trim();
  const bytes = Buffer.from(line, /^[0-9a-f]{64}$/i.test(line) ? 'hex' : 'base64');
  const isText = /^([0-9a-f]{64}|[0-9a-z+/_-]{43}=?)$/i.test(line);
  if (!isText || bytes.length !== BYTES) throw new MasterKeyFault('it is not 32 bytes in hex or base64');
  const derived = (use: string, length = BYTES) =>
    Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), `dispatch privacy 1 ${use}`, length));
  return { wrapping: derived('wrapping'), mark: derived('mark', 8).toString('hex') };
}

/** A new master key as a text. */
export const newMasterKey = (): string => randomBytes(BYTES).toString('base64');

/** The master key in a file. @throws MasterKeyFault that names the file, and nothing of what it holds. */
export async function masterKeyIn(path: string): Promise<MasterKey> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MasterKeyFault(`${path} cannot be read: ${error.code ?? error.message}`);
  });
  try {
    return masterKeyOf(text);
  } catch (error) {
    if (error instanceof MasterKeyFault) throw new MasterKeyFault(`${path} holds no master key: ${error.message}`);
    throw error;
  }
}

/**
 * The master key in a file of our own, made at the first call.
 * @throws MasterKeyFault when others may read the file, or it holds no key.
 */
export async function madeMasterKey(path: string): Promise<MasterKey> {
  if (!(await ownedAlone(path, newMasterKey))) throw new MasterKeyFault(`${path} may be read by others: chmod 600 it`);
  return masterKeyIn(path);
}
