import { randomUUID } from 'node:crypto';
import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A secret in a file of our own: makes it with `line` in it when it is missing, readable by its owner only, there whole
 * or not at all. Of processes that make one at the same time the first wins.
 * @returns whether its owner alone may read what is there
 */
export async function ownedAlone(path: string, line: () => string): Promise<boolean> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
  if (mode !== undefined) return process.platform === 'win32' || (mode & 0o077) === 0;
  await make(path, line());
  return true;
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
