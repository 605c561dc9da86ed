import { chmod, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, LocalPostgresFailed } from './errors.js';
import { syncFolder } from './files.js';
import { makeFolders, PASSAGE } from './folders.js';
import { draftOf, layoutOf } from './layout.js';
import { clearOrphan } from './orphan.js';
import { ownFolder } from './owner-lock.js';

/** A data folder that is being made inside of the one it is to become: until then no Postgres starts on that one. */
export interface Draft {
  /** Where {@link startLocalPostgres} makes it. */
  readonly dataDir: string;
  /** Puts it in its place, whole or not at all, once its Postgres has stopped. */
  complete(): Promise<void>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}

/**
 * For a folder that is not there yet or is empty; what an earlier draft there left behind is taken away first.
 * @throws LocalPostgresFailed when there is something in it, AlreadyRunning when another process is at it.
 */
export async function draftDataDir(target: string): Promise<Draft> {
  const dataDir = resolve(target);
  const draft = draftOf(dataDir);
  const made = await mkdir(dataDir, { recursive: true });
  if (made !== undefined) await chmod(dataDir, PASSAGE);
  const others = (await readdir(dataDir)).filter((name) => join(dataDir, name) !== draft);
  if (others.length > 0) throw new LocalPostgresFailed(`${dataDir} is not empty: it holds ${others[0]}`);

  await removeDraft(draft);
  await mkdir(draft, { mode: PASSAGE });
  await chmod(draft, PASSAGE);
  return {
    dataDir: draft,
    async complete() {
      await rename(layoutOf(draft).home, layoutOf(dataDir).home);
      await syncFolder(dataDir);
      await removeDraft(draft);
      await syncFolder(dataDir);
    },
    async discard() {
      await removeDraft(draft);
      // Somebody may have put something there meanwhile: that is theirs.
      if (made !== undefined) await rmdir(dataDir).catch(() => undefined);
    },
  };
}

/** With the lock that its Postgres is run under, so that nothing is taken from under a process that lives. */
async function removeDraft(draft: string): Promise<void> {
  const layout = layoutOf(draft);
  const there = await readdir(draft).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (there?.includes('postgres')) {
    await makeFolders(layout);
    const release = await ownFolder(layout);
    try {
      await clearOrphan(layout, () => undefined);
      await rm(layout.home, { recursive: true });
    } finally {
      release();
    }
  }
  // Beside the folder when its path is too long for a socket.
  await rm(layout.sockets, { recursive: true, force: true });
  await rm(draft, { recursive: true, force: true });
}
