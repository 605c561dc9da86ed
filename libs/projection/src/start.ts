import type { EventStore } from '@dispatch/event-store';
import type { BatchWatch } from './batch-watch.js';
import type { ProjectionLog } from './connection.js';
import type { ReadModel } from './read-model.js';
import { rebuild } from './rebuild.js';
import { keep, type Rebuilder } from './runner.js';

export interface ProjectionsOptions {
  /** A login that may take the role dispatch_app. The schema is made by migrateReadModels. */
  readonly url: string;
  readonly store: EventStore;
  readonly models: readonly ReadModel[];
  readonly log?: ProjectionLog;
  /** Events in one transaction at most, 1,000 by default. */
  readonly batchSize?: number;
  /** Milliseconds a statement may take before its connection is taken for lost and made anew, 10,000 by default. */
  readonly answerMs?: number;
  /** Makes the table that a version needs; in this thread by default. */
  readonly rebuildBy?: Rebuilder;
  /** Stands around each batch, for metrics and traces. */
  readonly watch?: BatchWatch;
}

export interface RunningProjections {
  /** Ends each at the edge of a batch, and lets go of the leases. */
  stop(): Promise<void>;
}

/** Keeps projections up to date in this process, each on a connection of its own, or stands by for them. */
export function startProjections(options: ProjectionsOptions): RunningProjections {
  const { url, store, models, log = silent, batchSize = 1_000, answerMs = 10_000, watch = unwatched } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const { rebuildBy = async (model, signal) => void (await rebuild(model, { url, store, signal, by: 'version' })) } =
    options;
  const inTurn = turns();
  // One rebuild after another: several at once would take as long, and the memory of all.
  const build: Rebuilder = (model, ended) => inTurn(() => rebuildBy(model, ended));
  const running = Promise.all(
    models.map((model) => keep(model, { url, store, log, batchSize, answerMs, build, signal, watch })),
  );
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

const unwatched: BatchWatch = (_name, _events, apply) => apply();

const silent: ProjectionLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
