import { readFile } from 'node:fs/promises';
import { ownedAlone } from '@dispatch/files';
import { newSignerLine, NoteFault, type Signer, signerOf } from './note.js';

/** The private key in a file. @throws NoteFault that names the file, and nothing of what it holds. */
export async function signerIn(path: string): Promise<Signer> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new NoteFault(`${path} cannot be read: ${error.code ?? error.message}`);
  });
  try {
    return signerOf(text.trim());
  } catch (error) {
    if (error instanceof NoteFault) throw new NoteFault(`${path} holds no signing key: ${error.message}`);
    throw error;
  }
}

/**
 * The private key in a file of our own, made at the first call.
 * @throws NoteFault when others may read the file, or it holds no key.
 */
export async function madeSigner(path: string, name: string): Promise<Signer> {
  if (!(await ownedAlone(path, () => newSignerLine(name))))
    throw new NoteFault(`${path} may be read by others: chmod 600 it, or make a new key when it may have been read`);
  return signerIn(path);
}
