import { execFileSync, spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, LocalPostgresFailed } from './errors.js';
import type { Layout } from './layout.js';

/** Whom Postgres runs as; undefined: whoever we are. */
export type OsUser = { readonly uid: number; readonly gid: number } | undefined;

/**
 * Postgres refuses to run as root. There it runs as the owner of a cluster that is already there, at first as
 * `nobody`, which every Unix has.
 */
export async function postgresUser(cluster: string): Promise<OsUser> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await ownerOf(cluster);
  if (owner && owner.uid !== 0) return owner;
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @throws LocalPostgresFailed that names the folder in the way, when the user cannot get at our home. */
export function assertReachable({ dataDir, home }: Layout, user: OsUser): void {
  if (!user || canEnter(home, user)) return;
  const closed = pathTo(home).find((folder) => !canEnter(folder, user)) ?? home;
  throw new LocalPostgresFailed(
    `Postgres runs as uid ${user.uid} here, not as root, and cannot get at ${dataDir}, since ${closed} is closed to ` +
      'it: set DISPATCH_DATA_DIR to a folder outside of it, or start as an ordinary user',
  );
}

async function ownerOf(path: string): Promise<OsUser> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}

/** Asked of the system itself: mode bits do not tell of access lists or of mounts. */
function canEnter(folder: string, user: OsUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function pathTo(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...pathTo(parent), folder];
}
