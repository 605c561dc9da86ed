import { randomUUID, randomBytes, hkdfSync } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

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
 * The master key in a file of our own, made at the first call: readable by its owner only, there whole or not at all.
 * Of processes that make one at the same time the first wins.
 * @throws MasterKeyFault when others may read the file, or it holds no key.
 */
export async function madeMasterKey(path: string): Promise<MasterKey> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
  if (mode === undefined) await make(path);
  else if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new MasterKeyFault(`${path} may be read by others: chmod 600 it`);
  return masterKeyIn(path);
}

async function make(path: string): Promise<void> {
  // The folder above may be others' as well: Postgres runs as another user in it.
  await mkdir(dirname(dirname(path)), { recursive: true });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${newMasterKey()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
}
