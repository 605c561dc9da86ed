import { comparePositions, type EventStore, type Position } from '@dispatch/event-store';
import type { Client } from 'pg';
import { recordAct, skippedEvents } from './acts.js';
import { type Difference, differences, parkedIn } from './compare.js';
import { connected, inTransaction, isLockTimeout, tryLock } from './connection.js';
import { type Filler, filler } from './filling.js';
import { createGeneration, dropGenerations, type Generation, generationOf, lockLive, runFor } from './generations.js';
import { type Between, closeIn, paceOf } from './pace.js';
import { parkedKeys } from './parked.js';
import type { ReadModel } from './read-model.js';
import { openReadTable } from './read-table.js';
import { makeLive } from './swap.js';

/** How a table is filled beside the live one. */
export interface FillOptions {
  readonly url: string;
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'head'>;
  readonly signal?: AbortSignal;
  /**
   * Events folded at once, 100 by default: between two batches the connections get their turn, and in one turn no more
   * of the next page comes in than a socket holds.
   */
  readonly batchSize?: number;
  /**
   * Rows that wait in memory to be written together, 4,000 by default: a ticket's events lie near each other, so more
   * would cost memory and save little.
   */
  readonly rowsInMemory?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RebuildOptions extends FillOptions {
  /** Who asked for it. */
  readonly by: string;
  /** Swap also when the rebuilt table differs from the live one of the same version. */
  readonly acceptDifference?: boolean;
}

export interface Progress {
  readonly events: number;
  readonly position: Position;
  /** The end of the log as it was at the start. */
  readonly head: Position | 'start';
  readonly eventsPerSecond: number;
  /** By how far the position is on its way to the head. */
  readonly secondsLeft: number;
}

export interface Rebuilt {
  /** False when a difference stopped the swap; the rebuilt table is gone then. */
  readonly swapped: boolean;
  readonly table: string;
  /** Where the new table stood when it was swapped in, or both when a difference was found. */
  readonly position: Position | 'start';
  /** Empty when nothing was there to compare with, or nothing differs. */
  readonly differences: readonly Difference[];
}

export interface Verified {
  readonly position: Position | 'start';
  /** Keys that are parked in either table, and so were not compared. */
  readonly parked: number;
  readonly differences: readonly Difference[];
}

/** It cannot be done now: another one is at it, or there is nothing to do it to. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/** Times that the swap waits for readers, {@link SWAP_WAIT_MS} each, before it gives up. */
const SWAP_ATTEMPTS = 20;

/**
 * Fills a new table from the whole log beside the live one and swaps it in. What a rebuild that was killed left
 * behind is dropped, and it starts from nothing.
 * @throws RebuildRefused, ManyKeysFail
 */
export async function rebuild(model: ReadModel, options: RebuildOptions): Promise<Rebuilt> {
  return alone(model, options, async (client, signal) => {
    const beside = await fillBeside(client, model, { ...options, signal });
    const compared = await compare(client, model, beside, options);
    if (compared && compared.differences.length > 0 && !options.acceptDifference) {
      await inTransaction(client, () => dropGenerations(client, model.name, 'building'));
      const { position, differences } = compared;
      return { swapped: false, table: beside.generation.tableName, position, differences };
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        await beside.catchUp();
        return await inTransaction(client, () => finish(client, model, beside, { ...options, compared }));
      } catch (error) {
        if (!isLockTimeout(error) || attempt === SWAP_ATTEMPTS) throw error;
        await beside.reopen();
      }
    }
  });
}

/**
 * Fills a scratch table and compares it with the live one at one position; drops it again. With `key`, only that key's
 * row is worked out and compared.
 * @throws RebuildRefused when no table of this version is live, or a rebuild is running.
 */
export async function verify(model: ReadModel, given: FillOptions & { readonly key?: string }): Promise<Verified> {
  const { key, ...all } = given;
  const options = key === undefined ? all : { ...all, store: onlyStream(all.store, key) };
  return alone(model, options, async (client, signal) => {
    const live = await generationOf(client, model.name, 'live');
    if (live?.version !== model.version) {
      throw new RebuildRefused(`${model.name} has no live table of version ${model.version} to verify`);
    }
    const beside = await fillBeside(client, model, { ...options, signal });
    const verified = await compare(client, model, beside, { ...options, key });
    if (!verified) throw new RebuildRefused(`${model.name} was swapped meanwhile`);
    await inTransaction(client, () => dropGenerations(client, model.name, 'building'));
    const { position, parked, differences: found } = verified;
    return { position, parked, differences: found };
  });
}

/** A log in which nothing else was ever written. */
const onlyStream = (store: FillOptions['store'], stream: string): FillOptions['store'] => ({
  head: () => store.head(),
  read: (...args) => store.read(...args),
  async *readAll({ after, signal }) {
    for await (const event of store.read(stream, { signal }))
      if (comparePositions(event.position, after) > 0) yield event;
  },
});

/** With the lock that keeps rebuilds of one projection apart. */
function alone<T>(
  { name }: ReadModel,
  { url, signal }: Pick<FillOptions, 'url' | 'signal'>,
  work: (client: Client, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const locked = async (client: Client, lost: AbortSignal) => {
    if (!(await tryLock(client, 'rebuild', name))) throw new RebuildRefused(`${name} is being rebuilt already`);
    // A table that is being built is thrown away after a loss of the server anyway; the swap waits for the disk.
    await client.query('set synchronous_commit = off');
    await inTransaction(client, () => dropGenerations(client, name, 'building'));
    return work(client, signal ? AbortSignal.any([signal, lost]) : lost);
  };
  // Also while an index is built, or a server that is out of reach is waited for.
  return connected(url, locked, { signal });
}

interface Beside {
  readonly generation: Generation;
  /** Between two pieces of work that nobody waits for. */
  readonly between: Between;
  filler(): Filler;
  /** Takes up what came in meanwhile, before anybody has to wait for it. */
  catchUp(): Promise<void>;
  /** After a transaction that was rolled back: from what is committed. */
  reopen(): Promise<void>;
}

/** A new table, filled nearly up to where it will be compared and swapped, with its indexes. */
async function fillBeside(
  client: Client,
  model: ReadModel,
  options: FillOptions & { readonly signal: AbortSignal },
): Promise<Beside> {
  const { store, signal, batchSize = 100, rowsInMemory = 4_000, onProgress } = options;
  const began = performance.now();
  const head = await store.head();
  const created = await inTransaction(client, () => createGeneration(client, model));
  const table = await openReadTable(client, created.tableName);
  const skipped = await skippedEvents(client, model);
  const onBatch = (events: number, position: Position) => {
    const seconds = (performance.now() - began) / 1_000;
    const way = Number(position) / Number(head === 'start' ? position : head);
    const secondsLeft = Math.max(0, seconds / way - seconds);
    onProgress?.({ events, position, head, eventsPerSecond: events / seconds, secondsLeft });
  };
  const live = await generationOf(client, model.name, 'live');
  const tolerated = live ? (await parkedKeys(client, live.tableName)).size : 0;
  const common = { client, store, model, table, skipped, tolerated, batchSize, rowsInMemory, signal, onBatch };
  const open = (generation: Generation, parked: ReadonlySet<string>) => filler({ ...common, generation, parked });

  let current = open(created, new Set());
  const between = paceOf({ store, signal });
  const pass = async (pace: Between) => current.fillTo(await goal(client, model, store), 'own', pace);
  const catchUp = () => closeIn(pass, { between });
  await pass(between);
  // Of the processors one is enough while others are at work.
  if (await between()) await client.query('set max_parallel_maintenance_workers = 0');
  await runFor(client, created.tableName, model.indexes, between);
  signal.throwIfAborted();
  // With the map of what all can see: without it no count is read from an index alone.
  await client.query(`vacuum (analyze) dispatch_read.${created.tableName}`);
  await between();
  signal.throwIfAborted();
  await catchUp();
  return {
    generation: created,
    between,
    catchUp,
    filler: () => current,
    async reopen() {
      const generation = await generationOf(client, model.name, 'building');
      if (!generation) throw new Error(`${created.tableName} is gone`);
      current = open(generation, await parkedKeys(client, created.tableName));
    },
  };
}

/** Where the new table has to be: where the live one is if they are to be compared, else at the end of the log. */
async function goal(client: Client, model: ReadModel, store: Pick<EventStore, 'head'>, live?: Generation) {
  const beside = live ?? (await generationOf(client, model.name, 'live'));
  return beside?.version === model.version ? beside.position : store.head();
}

interface Comparison extends Verified {
  /** The table that was live. */
  readonly live: string;
}

/**
 * Compares the new table with the live one at one position. The live one stands still only until the new one is there
 * too and a snapshot of both is taken: in that they are compared, while the live one goes on.
 * @returns undefined where no table of this version is live.
 */
async function compare(
  client: Client,
  { name, version }: ReadModel,
  beside: Beside,
  { url, key }: { readonly url: string; readonly key?: string | undefined },
): Promise<Comparison | undefined> {
  const { tableName: rebuilt } = beside.generation;
  return connected(url, async (seeing) => {
    const live = await connected(url, (holding) =>
      inTransaction(holding, async () => {
        const locked = await lockLive(holding, name);
        if (locked?.version !== version) return undefined;
        await beside.filler().fillTo(locked.position, 'own');
        await seeing.query('begin isolation level repeatable read read only');
        const seen = await generationOf(seeing, name, 'live');
        // The lock goes with its connection: then the live one may have gone on before the snapshot.
        if (seen?.position !== locked.position) throw new Error('the live table did not stand still');
        return locked;
      }),
    );
    if (!live) return undefined;
    const compared = { live: live.tableName, rebuilt };
    const found = await differences(seeing, client, compared, { between: beside.between, only: key });
    const parked = await parkedIn(seeing, compared);
    return { live: live.tableName, position: live.position, parked, differences: found };
  });
}

/** The live one stands still: catches up with it and swaps. */
async function finish(
  client: Client,
  model: ReadModel,
  beside: Beside,
  { by, store, compared }: Pick<RebuildOptions, 'by' | 'store'> & { readonly compared: Comparison | undefined },
): Promise<Rebuilt> {
  const { name, version } = model;
  const { tableName: table } = beside.generation;
  await client.query('set local synchronous_commit = on');
  const live = await lockLive(client, name);
  if (live && live.version === version && live.tableName !== compared?.live)
    throw new RebuildRefused(`${name} was swapped meanwhile`);
  await beside.filler().fillTo(await goal(client, model, store, live), 'callers');
  await makeLive(client, beside.generation, false);
  const found = compared?.differences ?? [];
  const detail = found.length > 0 ? `differs at ${found.map(({ key }) => key).join(' ')}`.slice(0, 500) : undefined;
  await recordAct(client, { act: found.length > 0 ? 'accept-difference' : 'rebuild', by, name, version, detail });
  return { swapped: true, table, position: beside.filler().position(), differences: found };
}
