import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodePath } from './runtime.mjs';

/**
 * How Node runs the service, by its role. One that keeps the read models as well is bound to little memory: without the
 * first flag its young objects get up to three times 32 MiB before they are looked through, and pages of the queue, a
 * quarter of a MiB each, would be most of what it weighs; without the second the old ones may become four times what is
 * in use before they are, and what a heap once had the process keeps. One that only answers requests trades memory for
 * speed: in a larger young space a request is over, and forgotten, before anybody has to copy it.
 */
export const serviceFlags = (role) =>
  role === 'api' ? ['--max-semi-space-size=64'] : ['--max-semi-space-size=16', '--heap-growing-percent=100'];

/** How often it is looked whether npm is still there, in milliseconds. */
const PARENT_MS = 200;

/**
 * The service, until it ends; its exit code becomes ours. It has a process group of its own, so a signal reaches
 * it from us only, once: a Ctrl-C comes to us twice, from the terminal and from npm. It is told to end when we
 * are gone (follow-launcher.mjs), and when the npm that started us is.
 */
export async function serve(script, args) {
  const follow = new URL('./follow-launcher.mjs', import.meta.url).href;
  const preload = pathToFileURL(join(dirname(script), 'preload.js')).href;
  const child = spawn(
    nodePath(),
    [...serviceFlags(process.env.DISPATCH_ROLE), '--import', follow, '--import', preload, script, ...args],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: true,
    },
  );
  let isTold = false;
  const tell = (signal) => {
    if (!isTold) child.kill(signal);
    isTold = true;
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => tell(signal));
  // A wish for more, or less, in the log: as often as one likes.
  process.on('SIGUSR2', () => child.kill('SIGUSR2'));
  const parent = watchParent(() => tell('SIGTERM'));
  await ended(child);
  clearInterval(parent);
}

/** A tool, until it ends; its exit code becomes ours. It shares our terminal, whose Ctrl-C reaches it by itself. */
export async function run(args) {
  const child = spawn(nodePath(), args, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  const parent = watchParent(() => child.kill('SIGTERM'));
  await ended(child);
  clearInterval(parent);
}

/**
 * npm passes a signal to the shell between us, which ends without passing it on, and a SIGKILL to nobody. Without
 * npm nobody is watched: a service that was started with & may outlive its shell.
 */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  return setInterval(() => ancestors() === before || onGone(), PARENT_MS);
}

/** Taken at once: npm may be told to end while we still prepare. */
const before = ancestors();

/** The shell and the npm above us; where the system has no /proc, only who is next. */
function ancestors() {
  const shell = process.ppid;
  try {
    const [, npm] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${shell}/status`, 'utf8')) ?? [];
    return `${shell} ${npm}`;
  } catch {
    return `${shell}`;
  }
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      // As a shell would say it.
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  }).finally(() => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(signal);
  });
}

/** A file of the checkout as a path. */
export const fileOf = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
