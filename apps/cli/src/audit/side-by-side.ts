import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Counts, type Difference, type Share, verifyLog, type VerifyOptions } from '@dispatch/audit';
import type { LogTexts } from '@dispatch/event-store';
import { openLogTexts, openStore, type LogSettings } from '@dispatch/process';

/** Where another process finds the log, and what it is to check. */
interface Task extends Pick<VerifyOptions, 'objectStoreSchemes'>, LogSettings {
  readonly url: string;
  readonly share: Share;
}

/** What another process says: each difference as it is found, and at its end what it looked at, or why it could not. */
type Told = { readonly difference: Difference } | { readonly counts: Readonly<Counts> } | { readonly error: string };

/**
 * Checks a log with several processes, each of which decides the commands of its share of the tickets: to decide takes
 * longer than to read, so that each may read it all. This process is the first of them.
 */
export async function verifySideBySide(
  log: LogTexts,
  processes: number,
  { url, eventStoreUrl, logTimeoutMs }: Pick<Task, 'url' | keyof LogSettings>,
  options: VerifyOptions,
): Promise<Readonly<Counts>> {
  const { objectStoreSchemes, onDifference } = options;
  const failing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal;
  const others = Array.from({ length: processes - 1 }, (_, n) => {
    const share = { index: n + 1, of: processes };
    return apart({ url, eventStoreUrl, logTimeoutMs, objectStoreSchemes, share }, onDifference, signal);
  });
  const mine = verifyLog(log, { ...options, signal, share: { index: 0, of: processes } });
  try {
    const [first, ...rest] = await Promise.all([mine, ...others]);
    const sum = (count: (one: Readonly<Counts>) => number) => rest.reduce((all, one) => all + count(one), count(first));
    return { events: first.events, decided: sum(({ decided }) => decided), unjudged: sum(({ unjudged }) => unjudged) };
  } catch (error) {
    failing.abort(error);
    await Promise.allSettled([mine, ...others]);
    throw error;
  }
}

async function apart(
  task: Task,
  onDifference: (difference: Difference) => void,
  signal: AbortSignal,
): Promise<Readonly<Counts>> {
  signal.throwIfAborted();
  // It needs nothing from the environment, which holds secrets.
  const child = fork(new URL('./verify-share.js', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {},
  });
  const end = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const exited = once(child, 'exit');
  try {
    child.send(task);
    return await countsOf(child, exited, onDifference);
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await exited.catch(() => undefined);
  }
}

function countsOf(
  child: ChildProcess,
  exited: Promise<unknown>,
  onDifference: (difference: Difference) => void,
): Promise<Readonly<Counts>> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const told = message as Told;
      if ('difference' in told) onDifference(told.difference);
      else if ('counts' in told) resolve(told.counts);
      else reject(new Error(told.error));
    });
    exited.then(() => reject(new Error('a process that checked the log ended without a word')), reject);
  });
}

/** All that another process does: the one check that it is told. It ends with the process that told it. */
export function serveShare(): void {
  const tell = (told: Told) => void process.send?.(told);
  process.once('disconnect', () => process.exit());
  process.once('message', (task) => {
    check(task as Task, (difference) => tell({ difference })).then(
      (counts) => tell({ counts }),
      (error: unknown) => tell({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

async function check(
  { url, eventStoreUrl, logTimeoutMs, ...options }: Task,
  onDifference: (difference: Difference) => void,
): Promise<Readonly<Counts>> {
  const store = await openStore({ eventStoreUrl, logTimeoutMs }, url);
  return verifyLog(openLogTexts({ eventStoreUrl, logTimeoutMs }, url, store), { ...options, onDifference });
}
