import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { EventStore } from '@dispatch/event-store';
import { ManyKeysFail, type ReadModel, rebuild, RebuildRefused, type Rebuilder } from '@dispatch/projection';
import { givePrecedence } from './priority.js';
import type { LogSettings } from './settings.js';
import { openStore } from './store.js';

export interface RebuildingParts {
  readonly url: string;
  readonly store: EventStore;
  /** Where the other process finds the log. */
  readonly settings: LogSettings;
  /** What the other process runs: a script that calls {@link serveRebuild}. */
  readonly script: URL;
}

/** `by`: who asked for it, a new version of the code by default. */
type RebuilderFor = (...args: [...Parameters<Rebuilder>, by?: string]) => Promise<void>;

/** What the other process is told. */
interface Task extends LogSettings {
  readonly url: string;
  readonly name: string;
  /** Who asked for it. */
  readonly by: string;
}

/** How it went: an error by its name, by which its caller may know it, and its text. */
type Told = { readonly done: true } | { readonly error: string; readonly message: string };

/**
 * Of a batch nearly all is forgotten with it: in a larger space for young objects it need not be copied first. What the
 * service is bound to (serviceFlags) is for memory that stays; this is given back.
 */
const REBUILD_FLAGS = ['--max-semi-space-size=64'];

/** So many events are folded faster than a process starts. */
const FEW = 5_000;

/**
 * Rebuilds a long log in a process of its own, so that requests are answered meanwhile, and all the memory of it is
 * given back at its end: a thread would leave its pages with us.
 */
export function rebuildingApart({ url, store, settings, script }: RebuildingParts): RebuilderFor {
  const { eventStoreUrl, logTimeoutMs } = settings;
  return async (model, signal, by = 'version') => {
    if (Number(await store.head()) > FEW)
      await apart(script, { url, name: model.name, by, eventStoreUrl, logTimeoutMs }, signal);
    else await rebuild(model, { url, store, signal, by });
  };
}

async function apart(script: URL, task: Task, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = fork(script, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // It needs nothing from the environment, which holds secrets.
    env: {},
    execArgv: [...process.execArgv, ...REBUILD_FLAGS],
  });
  // Its connections break, and what it had not committed is gone.
  const end = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const exited = once(child, 'exit');
  try {
    child.send(task);
    const told = await new Promise<Told>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Told));
      exited.then(() => reject(new Error('the process of a rebuild ended without a word')), reject);
    });
    if ('error' in told) throw errorOf(told);
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await exited.catch(() => undefined);
  }
}

function errorOf({ error, message }: { readonly error: string; readonly message: string }): Error {
  const Known = [RebuildRefused, ManyKeysFail].find(({ name }) => name === error);
  return Known ? new Known(message) : new Error(message);
}

/** All that the other process does: the one rebuild that it is told. It ends with the process that told it. */
export function serveRebuild(models: readonly ReadModel[]): void {
  // What the service is started with says that its channel is no reason to stay. Here it is the only one.
  process.channel?.ref();
  givePrecedence();
  process.once('disconnect', () => process.exit());
  process.once('message', (task) => {
    void rebuildOf(models, task as Task)
      .catch(faultOf)
      .then((told) => process.send?.(told));
  });
}

async function rebuildOf(models: readonly ReadModel[], { url, name, by, ...settings }: Task): Promise<Told> {
  const model = models.find((one) => one.name === name);
  if (!model) throw new Error(`there is no read model ${name}`);
  const store = await openStore(settings, url);
  await rebuild(model, { url, store, by });
  return { done: true };
}

const faultOf = (error: unknown): Told =>
  error instanceof Error ? { error: error.name, message: error.message } : { error: '', message: String(error) };
