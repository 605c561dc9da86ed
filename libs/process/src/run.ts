import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigFault } from '@dispatch/access';
import { LogUnavailable } from '@dispatch/event-store';
import { AlreadyRunning, LocalPostgresFailed } from '@dispatch/local-postgres';
import { OtherLog } from '@dispatch/projection';
import { endTracing } from '@dispatch/telemetry';
import { DatabaseError } from 'pg';

/** What a process runs until it is told to end. */
export interface Running {
  close(): Promise<void>;
}

/** The checkout or installation that a file belongs to: where package.json and policy/ are. */
export function checkout(folder: string): { readonly root: string; readonly version: string } {
  if (existsSync(join(folder, 'policy'))) {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: folder, version };
  }
  const above = dirname(folder);
  if (above === folder) throw new Error('policy/ is not above this file');
  return checkout(above);
}

/**
 * The life of a process: starts what it runs, says `welcome`, and ends in order on the first signal. A fault that one
 * of `alsoExplained` makes is told by its message alone, as the common ones are.
 */
export async function runUntilSignal<Kind extends Running>(
  start: () => Promise<Kind>,
  welcome: (running: Kind) => string,
  alsoExplained: readonly (new (...args: never[]) => Error)[] = [],
): Promise<void> {
  const fail = (error: unknown): never => {
    process.stderr.write(`Dispatch could not go on: ${told(error, [...EXPLAINED, ...alsoExplained])}\n`);
    process.exit(1);
  };
  try {
    const starting = start();
    // A signal during the start waits for it; a second one is not needed to end in order.
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= starting
        .then((running) => running.close())
        .then(endTracing)
        .then(() => process.exit(0), fail);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
    process.stdout.write(`${welcome(await starting)}\n`);
  } catch (error) {
    fail(error);
  }
}

type Fault = new (...args: never[]) => Error;

/** Faults that a line explains better than a stack does. */
const EXPLAINED: readonly Fault[] = [
  ConfigFault,
  AlreadyRunning,
  LocalPostgresFailed,
  LogUnavailable,
  OtherLog,
  DatabaseError,
];
const EXPLAINED_CODES = ['EADDRINUSE', 'EACCES', 'ECONNREFUSED'];

function told(error: unknown, explained: readonly Fault[]): string {
  if (!(error instanceof Error)) return String(error);
  const known =
    explained.some((fault) => error instanceof fault) ||
    ('code' in error && EXPLAINED_CODES.includes(String(error.code)));
  return known ? error.message : (error.stack ?? error.message);
}
