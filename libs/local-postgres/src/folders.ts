import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { codeOf, LocalPostgresFailed } from './errors.js';
import { draftOf, type Layout } from './layout.js';
import type { OsUser } from './os-user.js';

/** Passed through by Postgres' user, listed by nobody but us. */
export const PASSAGE = 0o711;

/** The data folder and our home in it. */
export async function makeFolders({ dataDir, home }: Layout): Promise<void> {
  try {
    const made = await mkdir(dataDir, { recursive: true });
    // The umask may have closed it; a folder that was there before keeps its mode.
    if (made !== undefined) await chmod(dataDir, PASSAGE);
    await mkdir(home, { recursive: true });
    await chmod(home, PASSAGE);
  } catch (cause) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(cause) ?? '')) throw cause;
    throw new LocalPostgresFailed(
      `${home} cannot be written by this user: run as the user who first started on it, or set DISPATCH_DATA_DIR`,
      { cause },
    );
  }
}

/**
 * A restore that was cut short leaves no cluster. A new, empty one in its place would look as if all were lost.
 * @throws LocalPostgresFailed
 */
export function assertNoDraft({ dataDir, cluster }: Layout): void {
  if (existsSync(cluster) || !existsSync(draftOf(dataDir))) return;
  throw new LocalPostgresFailed(`${dataDir} holds a restore that was cut short or still runs: run it again`);
}

/** @throws LocalPostgresFailed when somebody else made it: its owner could pose as our Postgres. */
export async function makeSocketFolder({ sockets }: Layout, user: OsUser): Promise<void> {
  if (process.platform === 'win32') return;
  await mkdir(sockets, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  const folder = await lstat(sockets);
  if (!folder.isDirectory() || (folder.uid !== user?.uid && folder.uid !== process.getuid?.())) {
    throw new LocalPostgresFailed(`${sockets} was made by uid ${folder.uid}: remove it`);
  }
  await give(sockets, user);
  await chmod(sockets, 0o700);
}

export async function give(path: string, user: OsUser): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}
