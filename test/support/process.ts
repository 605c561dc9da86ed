import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newSignerLine } from '@dispatch/proof';
import { serviceFlags } from '../../deploy/local/child.mjs';

const root = join(import.meta.dirname, '../..');
/** Given, so that none is made in the checkout. */
const SIGNING_KEY = newSignerLine('localhost/dispatch');

/** The same for all processes of a database. */
const PRIVACY_KEY = '07'.repeat(32);

/** A part of Dispatch as a process of its own, run from its sources. */
export interface RunningProcess {
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
  /** All that it printed so far. */
  readonly output: () => string;
  /** Takes the process away at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Sends it a signal, such as one that stops it as it stands. */
  send(signal: NodeJS.Signals): void;
  /** Asks it to stop. */
  terminate(): void;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts an app on a free port, with these settings and no others, and waits until it listens. */
export async function startProcess(
  app: 'dispatch-api' | 'projector',
  settings: Readonly<Record<string, string>>,
): Promise<RunningProcess> {
  const folder = `apps/${app}/src`;
  // As the launcher starts it.
  const preloads = ['./test/support/typescript.mjs', './deploy/local/follow-launcher.mjs', `./${folder}/preload.ts`];
  const imports = preloads.flatMap((file) => ['--import', file]);
  const flags = serviceFlags(settings['DISPATCH_ROLE']);
  const child = spawn(process.execPath, [...flags, ...imports, `${folder}/main.ts`], {
    cwd: root,
    env: {
      ...withoutDispatch(process.env),
      DISPATCH_API_PORT: '0',
      DISPATCH_LOG_LEVEL: 'error',
      DISPATCH_AUDIT_SIGNING_KEY: SIGNING_KEY,
      DISPATCH_PRIVACY_KEY: PRIVACY_KEY,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const printed = { out: '', err: '' };
  return {
    pid: child.pid ?? 0,
    url: await listening(child, exited, printed),
    output: () => printed.out + printed.err,
    exited,
    send: (signal) => void child.kill(signal),
    terminate: () => void child.kill('SIGTERM'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A setting that the process does not know would stop its start. */
const withoutDispatch = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('DISPATCH_')));

function listening(
  { stdout, stderr }: ChildProcess,
  exited: Promise<number | null>,
  printed: { out: string; err: string },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  stdout?.on('data', (chunk) => {
    printed.out += String(chunk);
    const url = /running at (http:\S+)/.exec(printed.out)?.[1];
    if (url) resolve(url);
  });
  stderr?.on('data', (chunk) => {
    printed.err += String(chunk);
  });
  void exited.then((code) => reject(new Error(`the process ended with ${code} before it listened: ${printed.err}`)));
  return promise;
}
