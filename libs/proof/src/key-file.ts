import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
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
 * The private key in a file of our own, made at the first call: readable by its owner only, there whole or not at all.
 * Of processes that make one at the same time the first wins.
 * @throws NoteFault when others may read the file, or it holds no key.
 */
export async function madeSigner(path: string, name: string): Promise<Signer> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
  if (mode === undefined) await make(path, newSignerLine(name));
  else if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new NoteFault(`${path} may be read by others: chmod 600 it, or make a new key when it may have been read`);
  return signerIn(path);
}

async function make(path: string, line: string): Promise<void> {
  // The folder above may be others' as well: Postgres runs as another user in it.
  await mkdir(dirname(dirname(path)), { recursive: true });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
}
