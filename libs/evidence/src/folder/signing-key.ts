import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ownedAlone } from '@dispatch/files';

const BYTES = 32;

/**
 * The key that signs addresses, in a file that its owner alone may read; made at the first call. A new one only ends the
 * addresses of a few minutes.
 * @throws Error that names the file, and nothing of what it holds
 */
export async function signingKeyIn(path: string): Promise<Buffer> {
  if (!(await ownedAlone(path, () => randomBytes(BYTES).toString('hex'))))
    throw new Error(`${path} may be read by others: remove it, and a new key is made`);
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
  if (key.length !== BYTES) throw new Error(`${path} holds no key: remove it, and a new one is made`);
  return key;
}
