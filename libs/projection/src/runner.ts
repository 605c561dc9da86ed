import { backoff, type EventStore } from '@dispatch/event-store';
import type { Client } from 'pg';
import { skippedEvents } from './acts.js';
import { applyBatch, ManyKeysFail, MOST_PARKED, noRows, type Running } from './apply.js';
import type { BatchWatch } from './batch-watch.js';
import { type Batches, batchesOf } from './batches.js';
import { connected, pause, type ProjectionLog, tryLock } from './connection.js';
import { described } from './fold.js';
import { Displaced, type Generation, generationOf } from './generations.js';
import { parkedKeys } from './parked.js';
import { type Pulse, pulseOf } from './pulse.js';
import type { ReadModel } from './read-model.js';
import { openReadTable } from './read-table.js';
import { RebuildRefused } from './rebuild.js';
import { retryDue } from './retry.js';

/**
 * Builds the table that a version needs and swaps it in.
 * @throws RebuildRefused, ManyKeysFail
 */
export type Rebuilder = (model: ReadModel, signal: AbortSignal) => Promise<void>;

export interface RunnerOptions {
  readonly url: string;
  readonly store: EventStore;
  readonly log: ProjectionLog;
  /** Events in one transaction at most. */
  readonly batchSize: number;
  /** Milliseconds a statement may take before the connection is taken for lost. */
  readonly answerMs: number;
  readonly build: Rebuilder;
  readonly watch: BatchWatch;
  /** Ends the run at the edge of a batch. */
  readonly signal: AbortSignal;
}

/** How often a standby tries for the lease, and a runner looks for retries that are due and for what operators did. */
const LOOK_MS = 1_000;
/**
 * From one batch to the next at least. The price of a batch hardly depends on its size: under load one of what came
 * in meanwhile costs a fraction of many small ones. After a rest the first event waits for nothing.
 */
const GATHER_MS = 10;
/** Spent on retries at each look, about. */
const RETRY_MS = 50;
const MINUTE_MS = 60_000;

/**
 * Keeps one projection up to date until the signal aborts, as the one that holds its lease or as its standby. The
 * lease is a lock of the very connection that writes: who loses it can write no more. Whatever goes wrong it starts
 * over from the checkpoint, later and later while it fails.
 */
export async function keep(model: ReadModel, options: RunnerOptions): Promise<void> {
  const { url, store, log, answerMs, signal } = options;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const leased = async (client: Client, lost: AbortSignal) => {
        const serving = AbortSignal.any([signal, lost]);
        if (!(await lease(client, model, serving))) return;
        log.info({ projection: model.name }, 'projection: running here');
        const pulse = pulseOf(client, model.name, store);
        await serve(client, model, { ...options, pulse, signal: serving }, () => {
          failures = 0;
        });
      };
      await connected(url, leased, { answerMs });
    } catch (error) {
      failures += 1;
      log.warn({ projection: model.name, error: described(error), failures }, 'projection: will start over');
      await pause(backoff(failures), signal);
    }
  }
}

/** Waits for the lease; false when the signal aborted first. */
async function lease(client: Client, { name }: ReadModel, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await tryLock(client, 'run', name)) return true;
    await pause(LOOK_MS, signal);
  }
  return false;
}

/** With the lease, and so with signs of life. */
interface Serving extends RunnerOptions {
  readonly pulse: Pulse;
}

/** With the lease: makes the table that this version needs, and folds into it; again when it was swapped. */
async function serve(client: Client, model: ReadModel, options: Serving, onProgress: () => void): Promise<void> {
  const { pulse, signal } = options;
  // A loss of the server takes rows and checkpoint back together, and they are folded again.
  await client.query('set synchronous_commit = off');
  // A stop was for the code or the data of its time: a new start tries again.
  await client.query('update dispatch_read.projections set stopped = null where name = $1 and stopped is not null', [
    model.name,
  ]);
  while (!signal.aborted) {
    await pulse.beat();
    const live = await generationOf(client, model.name, 'live');
    if (!live || (live.version < model.version && !live.pinned))
      await pulse.during((silent) => rebuilt(model, { ...options, signal: AbortSignal.any([signal, silent]) }));
    // Tables of another version are for the code of that version, wherever it runs.
    else if (live.version !== model.version || live.stopped !== null) await pause(LOOK_MS, signal);
    else await project(client, model, live, options, onProgress);
  }
}

async function rebuilt(model: ReadModel, { build, log, signal }: RunnerOptions): Promise<void> {
  try {
    log.info({ projection: model.name, version: model.version }, 'projection: rebuilding');
    await build(model, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof RebuildRefused || error instanceof ManyKeysFail)) throw error;
    // Somebody builds it already, and what comes of it is seen at the next look; or it cannot be built from this log.
    const { message } = error;
    log.warn({ projection: model.name, reason: message }, 'projection: not rebuilt');
    await pause(error instanceof RebuildRefused ? LOOK_MS : MINUTE_MS, signal);
  }
}

/** Folds into this table until the signal aborts, the table is swapped away, or the projection stops itself. */
async function project(
  client: Client,
  model: ReadModel,
  generation: Generation,
  options: Serving,
  onProgress: () => void,
): Promise<void> {
  const { store, batchSize, signal, log, watch, pulse } = options;
  const following = new AbortController();
  const run: Running = {
    client,
    store,
    model,
    generation,
    table: await openReadTable(client, generation.tableName),
    skipped: await skippedEvents(client, model),
    parked: await parkedKeys(client, generation.tableName),
    known: noRows(),
    position: generation.position,
  };
  try {
    const source = store.follow(run.position, AbortSignal.any([signal, following.signal]));
    await foldOn(run, batchesOf(source[Symbol.asyncIterator](), batchSize), { signal, log, watch, pulse, onProgress });
  } catch (error) {
    if (error instanceof Displaced) return;
    if (!(error instanceof ManyKeysFail)) throw error;
    log.error({ projection: model.name, reason: error.message }, 'projection: stopped itself');
    await client.query('update dispatch_read.projections set stopped = $2 where table_name = $1', [
      generation.tableName,
      error.message,
    ]);
  } finally {
    following.abort();
  }
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly log: ProjectionLog;
  readonly watch: BatchWatch;
  readonly pulse: Pulse;
  readonly onProgress: () => void;
}

async function foldOn(
  run: Running,
  batches: Batches,
  { signal, log, watch, pulse, onProgress }: Surroundings,
): Promise<void> {
  const recently = parkedWithinAMinute();
  let looked = performance.now();
  let taken = -Infinity;
  while (!signal.aborted) {
    // Into a stop nothing is waited for.
    const early = taken + GATHER_MS - performance.now();
    if (early > 0) await pause(early, signal);
    const { events, ended } = await batches.take(LOOK_MS);
    taken = performance.now();
    await pulse.beat();
    const keys = events.length === 0 ? 0 : await watch(run.model.name, events, () => applyBatch(run, events));
    onProgress();
    if (events.length > 0)
      log.debug?.({ projection: run.model.name, events: events.length, position: run.position }, 'projection: folded');
    if (keys > 0) {
      log.warn({ projection: run.model.name, keys, parked: run.parked.size }, 'projection: keys parked');
      const recent = recently(keys);
      if (recent > MOST_PARKED) throw new ManyKeysFail(`${recent} keys could not be folded within a minute`);
    }
    if (ended) return;
    if (run.parked.size === 0 || performance.now() < looked + LOOK_MS) continue;
    looked = performance.now();
    // A crowd of parked keys must not hold up the others.
    while ((await retryDue(run)) && performance.now() < looked + RETRY_MS);
  }
}

/** Counts keys that were parked; answers how many there were in the last minute. */
function parkedWithinAMinute(): (keys: number) => number {
  let parkings: { at: number; keys: number }[] = [];
  return (keys) => {
    const now = performance.now();
    parkings = [...parkings.filter(({ at }) => at > now - MINUTE_MS), { at: now, keys }];
    return parkings.reduce((sum, parking) => sum + parking.keys, 0);
  };
}
