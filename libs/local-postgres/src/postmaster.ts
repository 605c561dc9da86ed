import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresEnv } from './cluster.js';
import { LocalPostgresFailed } from './errors.js';
import type { Layout } from './layout.js';
import { ENDINGS } from './orphan.js';
import type { OsUser } from './os-user.js';
import { readPostmasterPid } from './postmaster-pid.js';

/** One run of the server, from taking connections to its end. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves with how it ended, in words. */
  readonly exited: Promise<string>;
  /** Ends it, softly at first; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Launch {
  readonly layout: Layout;
  readonly program: string;
  readonly args: readonly string[];
  readonly user: OsUser;
}

/** Above this size, in bytes, the log becomes postgres.log.1 at the next start. */
const LARGE_LOG = 10 * 1024 * 1024;

/**
 * Starts the server in a process group of its own, so that Ctrl-C on our terminal does not take it away before
 * we are done with it; resolves when it takes connections, however long the recovery before that takes.
 *
 * @throws LocalPostgresFailed with the server's own last words
 */
export async function launch({ layout, program, args, user }: Launch): Promise<Postmaster> {
  await rotate(layout.log);
  const output = openSync(layout.log, 'a', 0o600);
  const child = spawn(program, args, {
    ...user,
    cwd: '/',
    env: postgresEnv,
    detached: true,
    stdio: ['ignore', output, output],
    windowsHide: true,
  });
  closeSync(output);
  const exited = ending(child);
  const { pid } = child;
  if (pid === undefined) throw new LocalPostgresFailed(`${program} cannot be started: ${await exited}`);

  const sentinel = watchOver(pid, layout, user);
  void exited.then(() => sentinel?.kill('SIGKILL'));
  await ready(pid, layout, exited);
  return { pid, exited, stop: () => stop(child, exited) };
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

/**
 * Ends the server when we are gone without having done so, even by SIGKILL: a shell that waits for the end of a
 * pipe of which only we hold the other end. It checks that the server is still the one it was set over.
 */
function watchOver(pid: number, layout: Layout, user: OsUser): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script = 'read _; read pid < "$1" && [ "$pid" = "$0" ] && kill -INT "$pid"';
  const sentinel = spawn('/bin/sh', ['-c', script, String(pid), layout.postmasterPid], {
    ...user,
    cwd: '/',
    env: postgresEnv,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  sentinel.on('error', () => sentinel.kill());
  return sentinel;
}

async function ready(pid: number, layout: Layout, exited: Promise<string>): Promise<void> {
  const ended = exited.then(async (how) => {
    throw new LocalPostgresFailed(
      `Postgres did not start (${how}): ${await lastWords(layout.log)} (see ${layout.log})`,
    );
  });
  const started = new AbortController();
  const answers = async (): Promise<void> => {
    while (!started.signal.aborted) {
      const now = await readPostmasterPid(layout.postmasterPid);
      if (now?.pid === pid && now.ready) return;
      await delay(10);
    }
  };
  try {
    await Promise.race([answers(), ended]);
  } finally {
    started.abort();
    ended.catch(() => undefined);
  }
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  for (const [signal, patience] of ENDINGS) {
    child.kill(signal);
    const timer = new AbortController();
    const late = delay(patience, true, { signal: timer.signal }).catch(() => false);
    const isLate = await Promise.race([exited.then(() => false), late]);
    timer.abort();
    if (!isLate) return;
  }
  throw new LocalPostgresFailed(`Postgres (pid ${child.pid}) cannot be ended`);
}

async function rotate(log: string): Promise<void> {
  const size = await stat(log).then(
    (file) => file.size,
    () => 0,
  );
  if (size > LARGE_LOG) await rename(log, `${log}.1`);
}

/** The last complaint in the log, else its last line. */
async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const complaint = lines.slice(-20).findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
  return complaint.replace(/^.*?(FATAL|PANIC):\s*/, '');
}
