import { comparePositions, type EventStore, type Position, type Recorded } from '@dispatch/event-store';
import type { ClientBase } from 'pg';
import { ManyKeysFail, manyKeys, MOST_PARKED, refusal } from './apply.js';
import { inTransaction, refusesData } from './connection.js';
import { fold, type Parking } from './fold.js';
import { type Generation, moveCheckpoint } from './generations.js';
import { type Between, unpaced } from './pace.js';
import { park } from './parked.js';
import type { ReadModel, Row } from './read-model.js';
import type { ReadTable } from './read-table.js';

export interface Filling {
  readonly client: ClientBase;
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly model: ReadModel;
  readonly generation: Generation;
  readonly table: ReadTable;
  readonly skipped: ReadonlySet<string>;
  /** Keys that are parked in the table already. */
  readonly parked: ReadonlySet<string>;
  /** As many parked keys are no reason to give up: so many wait in the live table. */
  readonly tolerated: number;
  readonly batchSize: number;
  /** Rows that may wait in memory to be written together. */
  readonly rowsInMemory: number;
  readonly signal: AbortSignal;
  /** After every batch, with the events folded so far and the position reached. */
  readonly onBatch: (events: number, position: Position) => void;
}

/** Folds the log into a table that nobody reads or writes but this. */
export interface Filler {
  position(): Position | 'start';
  /**
   * Folds on up to the position and writes everything: in transactions of its own, or in the caller's. `between` is
   * called between two batches, and between two portions of rows that are put. Where it says that others are at work
   * the log is not read on while rows are put.
   * @throws ManyKeysFail
   */
  fillTo(position: Position | 'start', transaction: 'own' | 'callers', between?: Between): Promise<void>;
}

/** A row as the last event left it. */
interface Known {
  row: Row | null;
  /** The table has a row under this key, or will have once the write in flight is done. */
  readonly stored: boolean;
  /** It has to be written. */
  dirty: boolean;
  /** Events folded when it was last touched. */
  at: number;
}

type Entries = readonly (readonly [key: string, known: Readonly<Known>])[];

/** How rows are put. */
interface Way {
  /** In a transaction of its own, or in one that is open already. */
  readonly save: (put: () => Promise<void>) => Promise<void>;
  readonly between: Between;
}

/** What one write puts: it is cut from what goes on being folded while the write is in flight. */
interface Cut {
  readonly rows: Entries;
  /** Of these keys, and of those that this write parks. */
  readonly stale: Set<string>;
  readonly parked: Map<string, Parking>;
  readonly from: Position | 'start';
  readonly to: Position | 'start';
  readonly last: Recorded | null;
  readonly between: Between;
}

export function filler(filling: Filling): Filler {
  const { client, store, model, generation, table, skipped, parked } = filling;
  const { tolerated, batchSize, rowsInMemory, signal, onBatch } = filling;
  /** What is known of the table's rows: all that are dirty, and more. */
  const known = new Map<string, Known>();
  /** Rows that stay known after a write. */
  const keep = Math.floor(rowsInMemory / 2);
  /** Before the first write there is nothing to load. */
  let written = generation.position !== 'start';
  const held = new Set(parked);
  let newlyParked = new Map<string, Parking>();
  let position = generation.position;
  /** The event at that position, where this one has met it. */
  let latest: Recorded | null = null;
  let stored = generation.position;
  let events = 0;
  let streams = 0;
  /** The write in flight, if any: the log is read and folded meanwhile. */
  let writing: Promise<void> = Promise.resolve();
  let failed = false;

  async function add(batch: readonly Recorded[], way: Way): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    if (failed) await writing;
    if (written) await load(batch);
    const rows = { get: (key: string) => known.get(key)?.row };
    const folded = fold(model, { events: batch, rows, held, skipped });
    for (const [key, row] of folded.rows) know(key, row);
    for (const [key, parking] of folded.parked) {
      held.add(key);
      newlyParked.set(key, parking);
      const row = known.get(key)?.row;
      if (row) know(key, row);
    }
    position = last.position;
    latest = last;
    events += batch.length;
    for (const { stream, revision } of batch) if (revision === 0 && model.follows(stream)) streams += 1;
    checkHeld(newlyParked);
    if (known.size > rowsInMemory) await write(way, keep);
    onBatch(events, last.position);
  }

  function know(key: string, row: Row | null): void {
    const before = known.get(key);
    if (before) {
      before.row = row;
      before.dirty = true;
      before.at = events;
    } else known.set(key, { row, stored: false, dirty: true, at: events });
  }

  /** Single keys wait; what hits one in a hundred is a fault of the fold. */
  function checkHeld(latest: ReadonlyMap<string, Parking>): void {
    if (held.size > Math.max(MOST_PARKED, tolerated, streams / 100)) throw new ManyKeysFail(manyKeys(latest));
  }

  async function load(batch: readonly Recorded[]): Promise<void> {
    const missing = new Set<string>();
    const born = new Set<string>();
    for (const { stream, revision } of batch) {
      // A stream's first event meets no row.
      if (known.has(stream)) continue;
      if (revision === 0) born.add(stream);
      else if (!born.has(stream) && model.follows(stream)) missing.add(stream);
    }
    if (missing.size === 0) return;
    // A row may be on its way into the table.
    await writing;
    const rows = await table.load(client, [...missing]);
    for (const key of missing) {
      const row = rows.get(key) ?? null;
      known.set(key, { row, stored: row !== null, dirty: false, at: events });
    }
  }

  /**
   * Begins to write what is dirty, as soon as the write before is done, but for so many rows that were touched last: they
   * would be written twice. Nobody reads the table, or folds on from its checkpoint, before none waits.
   */
  async function write({ save, between }: Way, waiting: number): Promise<void> {
    await writing;
    const longAgo = [...known].sort(([, one], [, other]) => one.at - other.at);
    const rows = longAgo.slice(0, known.size - waiting).filter(([, { dirty }]) => dirty);
    const stale = new Set(rows.map(([key]) => key).filter((key) => held.has(key)));
    const cut: Cut = { rows, stale, parked: newlyParked, from: stored, to: position, last: latest, between };
    newlyParked = new Map();
    stored = position;
    written = true;
    // What is in the cut does not change any more, however it is folded on.
    for (const [key, { row, at }] of rows) known.set(key, { row, stored: row !== null, dirty: false, at });
    // Tickets that are at work are soon met again.
    for (const [key] of longAgo.slice(0, Math.max(0, known.size - keep))) known.delete(key);
    writing = save(() => putCut(cut));
    writing.catch(() => {
      failed = true;
    });
  }

  async function putCut(cut: Cut): Promise<void> {
    await put(cut.rows, cut);
    const { from, to, last } = cut;
    if (from !== to) await moveCheckpoint(client, { generation, from, to, last });
    await park(client, generation.tableName, cut.parked);
  }

  /** Halved as long as the table refuses rows; one that it refuses alone has its key parked from its first event. */
  async function put(rows: Entries, cut: Cut): Promise<void> {
    await client.query('savepoint put');
    try {
      const fresh = new Map<string, Row>();
      const others = new Map<string, Row | null>();
      for (const [key, { row, stored }] of rows) {
        if (stored) others.set(key, row);
        else if (row) fresh.set(key, row);
      }
      await table.add(client, fresh, cut.stale, cut.between);
      await table.write(client, others, cut.stale, cut.between);
    } catch (error) {
      if (!refusesData(error)) throw error;
      await client.query('rollback to savepoint put');
      const [only] = rows;
      if (only && rows.length === 1) return parkWhole(only[0], refusal(error), cut);
      const half = Math.ceil(rows.length / 2);
      await put(rows.slice(0, half), cut);
      await put(rows.slice(half), cut);
    }
  }

  /** Its runner tries it again at once, and finds the event at which the row goes wrong. */
  async function parkWhole(key: string, error: string, cut: Cut): Promise<void> {
    for await (const first of store.read(key, { signal })) {
      held.add(key);
      cut.parked.set(key, { position: first.position, revision: first.revision, error });
      known.delete(key);
      checkHeld(cut.parked);
      await table.write(client, new Map([[key, null]]), cut.stale);
      return;
    }
  }

  return {
    position: () => position,
    async fillTo(upTo, transaction, between = unpaced) {
      const save: Way['save'] = transaction === 'own' ? (put) => inTransaction(client, put) : (put) => put();
      const way = { save, between };
      try {
        if (comparePositions(position, upTo) < 0) await foldTo(upTo, way);
        await write(way, 0);
        await writing;
      } finally {
        // Nobody else may use the connection before.
        await writing.catch(() => undefined);
      }
    },
  };

  async function foldTo(upTo: Position | 'start', way: Way): Promise<void> {
    let batch: Recorded[] = [];
    for await (const event of store.readAll({ after: position, signal })) {
      if (comparePositions(event.position, upTo) > 0) break;
      batch.push(event);
      if (batch.length < batchSize) continue;
      await add(batch, way);
      batch = [];
      if (await way.between()) await writing;
    }
    await add(batch, way);
  }
}
