import { execFileSync } from 'node:child_process';
import { readlink, realpath, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, LocalPostgresFailed } from './errors.js';
import { readIfThere } from './files.js';
import type { Layout } from './layout.js';
import { readPostmasterPid } from './postmaster-pid.js';

/** How a Postgres is told to end, and how long each way may take in milliseconds. */
export const ENDINGS = [
  // Fast shutdown: open transactions are rolled back, everything is written, a checkpoint is made.
  ['SIGINT', 30_000],
  // Immediate shutdown: the next start recovers from the WAL, as after a crash.
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/**
 * Leaves the cluster free to be started: ends a Postgres that outlived its owner, and disowns the lock files of one
 * whose number has gone to another program meanwhile, or to a corpse that nobody has buried yet (a number nobody has
 * is recognised by Postgres itself).
 * Call it as the folder's owner only.
 */
export async function clearOrphan(layout: Layout, log: (line: string) => void): Promise<void> {
  const left = await readPostmasterPid(layout.postmasterPid);
  if (!left || !isAlive(left.pid)) return;
  if (!(await runsCluster(left.pid, layout.cluster))) {
    for (const path of [layout.postmasterPid, layout.socketLock]) await disown(path, left.pid);
    return;
  }

  log(`ending the Postgres that was left running as pid ${left.pid}`);
  for (const [signal, patience] of ENDINGS) {
    if (await ended(left.pid, signal, patience)) return;
  }
  throw new LocalPostgresFailed(`a Postgres runs on ${layout.cluster} as pid ${left.pid} and cannot be ended`);
}

async function ended(pid: number, signal: NodeJS.Signals, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience;
  send(pid, signal);
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/**
 * Writes our own pid over the one that is taken: Postgres holds a file that names its parent for stale, and it
 * still finds in it the shared memory that backends of the dead server might use. Removing the file would lose that.
 */
async function disown(path: string, taken: number): Promise<void> {
  const text = await readIfThere(path);
  const [first] = text?.split('\n') ?? [];
  if (text !== undefined && Number(first) === taken) await writeFile(path, text.replace(/^\d+/, String(process.pid)));
}

function isAlive(pid: number): boolean {
  return send(pid, 0);
}

/** False when there is no such process. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    if (codeOf(error) === 'EPERM') return true;
    throw error;
  }
}

/** A Postgres works in its cluster's folder. Where the system does not tell that, its name must do. */
async function runsCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return folder === (await realpath(cluster));
  }
  const [command, ...args] =
    process.platform === 'win32'
      ? ['tasklist', '/fo', 'csv', '/fi', `pid eq ${pid}`]
      : ['ps', '-o', 'command=', '-p', `${pid}`];
  return /postgres/i.test(execFileSync(command ?? '', args, { encoding: 'utf8' }));
}
