import { chmod } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { AlreadyRunning, field } from './errors.js';
import { readIfThere, writeDurably } from './files.js';
import type { Layout } from './layout.js';

/** How long an owner that is just ending may take before a new one is refused, in milliseconds. */
const PATIENCE_MS = 3000;
const SQLITE_BUSY = 5;

/**
 * Makes this process the one owner of the data folder; the answer gives it up again.
 *
 * The lock is the operating system's on an open file, by way of SQLite, since Node has no call of its own for
 * it: it ends with its process however that dies, and no reused pid can be taken for its holder.
 *
 * @throws AlreadyRunning
 */
export async function ownFolder(layout: Layout, patience = PATIENCE_MS): Promise<() => void> {
  const deadline = performance.now() + patience;
  let release = tryLock(layout.lock);
  while (!release) {
    if (performance.now() >= deadline) throw new AlreadyRunning(layout.dataDir, await ownerPid(layout.owner));
    await delay(50);
    release = tryLock(layout.lock);
  }
  // Else anybody who may read it could lock it. By name: closing a second descriptor would drop the lock.
  await chmod(layout.lock, 0o600);
  await writeDurably(layout.owner, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`);
  return release;
}

function tryLock(path: string): (() => void) | undefined {
  const file = new DatabaseSync(path);
  try {
    file.exec('BEGIN EXCLUSIVE');
    return () => file.close();
  } catch (error) {
    file.close();
    if (field(error, 'errcode') === SQLITE_BUSY) return undefined;
    throw error;
  }
}

async function ownerPid(path: string): Promise<number | undefined> {
  const pid = /"pid":(\d+)/.exec((await readIfThere(path)) ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}
