import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Does the work while no other process holds the lock file. A holder that died, even by SIGKILL, holds nothing:
 * its pid is gone, or has gone to a process that was started at another time.
 *
 * @param {string} path
 * @param {() => Promise<void>} work
 * @param {(holder: number) => void} [onWait] called once if there is a wait
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  for (let waits = 0; ; waits++) {
    const holder = take(path);
    if (holder === undefined) break;
    if (waits === 0) onWait(holder);
    await delay(200);
  }
  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Undefined when the lock is ours now, else its holder's pid. */
function take(path) {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
  try {
    for (;;) {
      // A link is made whole or not at all, and only where nothing is.
      if (attempt(() => linkSync(draft, path), 'EEXIST')) return undefined;
      const text = readIfThere(path);
      if (text === undefined) continue;
      const holder = parse(text);
      if (holder && startOf(holder.pid) === holder.started) return holder.pid;
      removeStale(path, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock if it still is the stale one that was seen; a new one that came meanwhile is put back. */
function removeStale(path, seen) {
  const aside = `${path}.${randomUUID()}`;
  if (!attempt(() => renameSync(path, aside), 'ENOENT')) return;
  if (readFileSync(aside, 'utf8') !== seen) attempt(() => linkSync(aside, path), 'EEXIST');
  rmSync(aside, { force: true });
}

/**
 * When a process started, as a text that differs between two bearers of one pid; undefined when there is none.
 * Where the system has no /proc the pid alone must do.
 */
export function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  const stat = process.platform === 'linux' ? readIfThere(`/proc/${pid}/stat`) : '';
  // The name in field 2 may hold anything, so counting starts behind it: the start is field 22 of all.
  return stat === undefined ? undefined : `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'alive'}`;
}

function parse(text) {
  try {
    const { pid, started } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** False when it failed in the way that was reckoned with. */
function attempt(work, expected) {
  try {
    work();
    return true;
  } catch (error) {
    if (error.code === expected) return false;
    throw error;
  }
}
