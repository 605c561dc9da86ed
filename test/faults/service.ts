import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { layoutOf } from '../../libs/local-postgres/src/layout.js';
import { readPostmasterPid } from '../../libs/local-postgres/src/postmaster-pid.js';

const root = join(import.meta.dirname, '../..');

/** The service as a process of its own, with the Postgres that it starts in its data folder. */
export interface RunningService {
  readonly url: string;
  /** Takes the process away at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Takes its Postgres away at once; the service is to start it again. */
  killPostgres(): Promise<void>;
  /** Asks it to stop. */
  terminate(): void;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts it and waits until it listens. */
export async function startService(dataDir: string): Promise<RunningService> {
  const child = spawn(
    process.execPath,
    ['--import', './test/support/typescript.mjs', 'apps/dispatch-api/src/main.ts'],
    {
      cwd: root,
      env: {
        ...withoutDispatch(process.env),
        DISPATCH_API_PORT: '0',
        DISPATCH_DATA_DIR: dataDir,
        DISPATCH_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  return {
    url: await listening(child, exited),
    exited,
    terminate: () => void child.kill('SIGTERM'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async killPostgres() {
      const running = await readPostmasterPid(layoutOf(dataDir).postmasterPid);
      if (!running) throw new Error('the service runs no Postgres');
      process.kill(running.pid, 'SIGKILL');
    },
  };
}

/** A setting that the service does not know would stop its start. */
const withoutDispatch = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('DISPATCH_')));

function listening({ stdout, stderr }: ChildProcess, exited: Promise<number | null>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let [out, err] = ['', ''];
  stdout?.on('data', (chunk) => {
    out += String(chunk);
    const url = /running at (http:\S+)/.exec(out)?.[1];
    if (url) resolve(url);
  });
  stderr?.on('data', (chunk) => {
    err += String(chunk);
  });
  void exited.then((code) => reject(new Error(`the service ended with ${code} before it listened: ${err}`)));
  return promise;
}
