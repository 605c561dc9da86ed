import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');

/** A service as its launcher started it, from another folder, on a port that is free. */
export interface Started {
  readonly url: string;
  /** All that was printed so far. */
  readonly output: () => string;
  /** npm, or the script that it runs. */
  readonly launcher: ChildProcess;
  /** The launcher's exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

export const NPM = ['npm', '--prefix', ROOT, 'start'];
/** What `npm start` runs. */
const LAUNCHER = [process.execPath, join(ROOT, 'deploy/local/start.mjs')];

export async function start(
  dataDir: string,
  settings: Record<string, string> = {},
  command = LAUNCHER,
): Promise<Started> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(DISPATCH_|npm_|NODE_ENV)/.test(name));
  const [program = '', ...args] = command;
  const launcher = spawn(program, args, {
    cwd: '/',
    env: {
      ...Object.fromEntries(inherited),
      DISPATCH_DATA_DIR: dataDir,
      DISPATCH_API_PORT: '0',
      DISPATCH_LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what the test sends to it reaches it alone.
    detached: true,
  });
  const exited = once(launcher, 'close').then(([code]: (number | null)[]) => code ?? null);
  let printed = '';
  const url = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /running at (\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    };
    launcher.stdout.on('data', read);
    launcher.stderr.on('data', read);
    exited.then(() => reject(new Error(`the launcher ended: ${printed}`)), reject);
  });
  // A start that is meant to fail is looked at by its exit code.
  url.catch(() => undefined);
  return { url: await url, output: () => printed, launcher, exited };
}

/** Processes whose command line names this folder. */
export function processesOf(folder: string): number[] {
  return processes().filter((pid) => commandLine(pid).includes(folder));
}

/** The service's own process under its launcher. */
export function serviceOf({ launcher }: Started): number {
  const found = descendants(launcher.pid ?? 0).find((pid) => commandLine(pid).includes('dist/apps/dispatch-api'));
  if (found === undefined) throw new Error('the launcher has no service');
  return found;
}

/** Looks again until a condition holds; the test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for await (const _ of setInterval(20)) if (await holds()) return;
}

function descendants(parent: number): number[] {
  const children = processes().filter((pid) => parentOf(pid) === parent);
  return [...children, ...children.flatMap(descendants)];
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for a process that has just ended. */
function commandLine(pid: number): string {
  return procFile(pid, 'cmdline').replaceAll('\0', ' ');
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(procFile(pid, 'status'))?.[1] ?? -1);
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
