import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from './runbook.js';

/** The service as it was built, on a folder and port of its own: an API, and a projector beside it. */
export interface Instance {
  readonly url: string;
  startProjector(): Promise<void>;
  /** Takes the projector away as a crash would. */
  killProjector(): Promise<void>;
  /** Runs a runbook's commands where they would be run: beside the service's log, against its address. */
  shell(commands: string): Promise<string>;
  /** Ends what runs and removes the folder. */
  remove(): Promise<void>;
}

/** What the runbooks write for the address of the service. */
const WRITTEN = 'localhost:8080';
/** How long a block of commands may take, in milliseconds. */
const PATIENCE_MS = 60_000;
/** How long a process has to end in order, in milliseconds. */
const END_MS = 10_000;

/** The runbooks' words as they stand, but for the address and for where the checkout is. */
const PRELUDE = `set -euo pipefail
curl() { command curl "\${@//${WRITTEN}/$DRILL_ADDRESS}"; }
npm() { command npm --prefix "$DRILL_ROOT" --silent "$@"; }
`;

export async function newInstance(settings: Readonly<Record<string, string>>): Promise<Instance> {
  const folder = await mkdtemp(join(tmpdir(), 'dispatch-drill-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(folder, 0o711);
  const env = { ...bare(process.env), ...settings, DISPATCH_DATA_DIR: join(folder, 'data') };
  const running: Process[] = [];
  const remove = async () => {
    // What was started later leans on what was started before.
    for (const one of running.reverse()) await one.end();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  const started = async (app: string, role: string, log: string): Promise<Process> => {
    const one = launch(app, { ...env, DISPATCH_API_PORT: '0', DISPATCH_ROLE: role }, join(folder, log));
    running.push(one);
    await one.url;
    return one;
  };
  try {
    const api = await started('dispatch-api', 'api', 'dispatch.log');
    const url = await api.url;
    let projector: Process | undefined;
    const shellEnv = { ...env, DRILL_ADDRESS: new URL(url).host, DRILL_ROOT: ROOT };
    return {
      url,
      remove,
      async startProjector() {
        projector = await started('projector', 'projector', 'projector.log');
      },
      async killProjector() {
        await projector?.kill();
      },
      async shell(commands) {
        const options = { cwd: folder, env: shellEnv, timeout: PATIENCE_MS };
        return (await promisify(execFile)('bash', ['-c', PRELUDE + commands], options)).stdout;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Process {
  /** Where it listens, once it does. */
  readonly url: Promise<string>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

function launch(app: string, env: NodeJS.ProcessEnv, log: string): Process {
  const folder = join(ROOT, `dist/apps/${app}/src`);
  const preload = pathToFileURL(join(folder, 'preload.js')).href;
  const child = spawn(process.execPath, ['--import', preload, join(folder, 'main.js')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const url = listening(child, log);
  // Whoever waits for it is told; nobody waits for one that ends early while it is removed.
  url.catch(() => undefined);
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async end() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function listening(child: ChildProcess, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const log = createWriteStream(path, { flags: 'a' });
  let printed = '';
  const read = (chunk: Buffer) => {
    log.write(chunk);
    printed += chunk.toString();
    const url = /running at (http:\S+)/.exec(printed)?.[1];
    if (url) resolve(url);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('close', (code) => {
    log.end();
    reject(new Error(`the process ended with ${code}: ${printed.slice(-2_000)}`));
  });
  return promise;
}

/** No setting of whoever runs the drill reaches its instance. */
const bare = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(DISPATCH_|OTEL_|NODE_ENV$|npm_)/.test(name)));
