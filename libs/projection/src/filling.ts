import { comparePositions, type EventStore, type Position, type Recorded } from '@dispatch/event-store';
import type { ClientBase } from 'pg';
import { ManyKeysFail, manyKeys, MOST_PARKED, refusal } from './apply.js';
import { inTransaction, refusesData } from './connection.js';
import { fold, type Parking } from './fold.js';
import { type Generation, moveCheckpoint } from './generations.js';
import { park } from './parked.js';
import type { ReadModel, Row } from './read-model.js';
import type { ReadTable } from './read-table.js';

export interface Filling {
  readonly client: ClientBase;
  readonly store: EventStore;
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
   * Folds on up to the position and writes everything: in transactions of its own, or in the caller's.
   * @throws ManyKeysFail
   */
  fillTo(position: Position | 'start', transaction: 'own' | 'callers'): Promise<void>;
}

export function filler(filling: Filling): Filler {
  const { client, store, model, generation, table, skipped, parked } = filling;
  const { tolerated, batchSize, rowsInMemory, signal, onBatch } = filling;
  /** What is known of the table's rows: all that were changed since they were last written, and more. */
  const known = new Map<string, Row | null>();
  let dirty = new Set<string>();
  /** Before the first write there is nothing to load. */
  let written = generation.position !== 'start';
  const held = new Set(parked);
  let newlyParked = new Map<string, Parking>();
  let position = generation.position;
  let at: string | null = null;
  let stored = generation.position;
  let events = 0;
  let streams = 0;

  async function add(batch: readonly Recorded[], write: () => Promise<void>): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    if (written) await load(batch);
    const rows = new Map<string, Row>();
    for (const { stream } of batch) {
      const row = known.get(stream);
      if (row) rows.set(stream, row);
    }
    const folded = fold(model, { events: batch, rows, held, skipped });
    for (const [key, row] of folded.rows) {
      // To the end, behind those that were not touched lately.
      known.delete(key);
      known.set(key, row);
      dirty.add(key);
    }
    for (const [key, parking] of folded.parked) {
      held.add(key);
      newlyParked.set(key, parking);
      if (known.has(key)) dirty.add(key);
    }
    position = last.position;
    at = last.at;
    events += batch.length;
    streams += batch.filter(({ stream, revision }) => revision === 0 && model.follows(stream)).length;
    // Single keys wait; what hits one in a hundred is a fault of the fold.
    if (held.size > Math.max(MOST_PARKED, tolerated, streams / 100)) throw new ManyKeysFail(manyKeys(newlyParked));
    if (known.size > rowsInMemory) await write();
    onBatch(events, last.position);
  }

  async function load(batch: readonly Recorded[]): Promise<void> {
    const missing = new Set<string>();
    for (const { stream, revision } of batch) {
      // A stream's first event meets no row.
      if (revision > 0 && model.follows(stream) && !known.has(stream)) missing.add(stream);
    }
    for (const [key, row] of await table.load(client, [...missing])) known.set(key, row);
  }

  async function write(): Promise<void> {
    await put([...dirty].map((key) => [key, known.get(key) ?? null]));
    if (position !== stored) await moveCheckpoint(client, { generation, from: stored, to: position, at });
    await park(client, generation.tableName, newlyParked);
    newlyParked = new Map();
    stored = position;
    written = true;
    dirty = new Set();
    // Tickets that are at work are soon met again.
    const keep = rowsInMemory / 2;
    for (const key of known.keys()) {
      if (known.size <= keep) break;
      known.delete(key);
    }
  }

  /** Halved as long as the table refuses rows; one that it refuses alone has its key parked from its first event. */
  async function put(rows: readonly (readonly [string, Row | null])[]): Promise<void> {
    await client.query('savepoint put');
    try {
      await table.write(client, new Map(rows), held);
    } catch (error) {
      if (!refusesData(error)) throw error;
      await client.query('rollback to savepoint put');
      const [only] = rows;
      if (only && rows.length === 1) return parkWhole(only[0], refusal(error));
      const half = Math.ceil(rows.length / 2);
      await put(rows.slice(0, half));
      await put(rows.slice(half));
    }
  }

  /** Its runner tries it again at once, and finds the event at which the row goes wrong. */
  async function parkWhole(key: string, error: string): Promise<void> {
    for await (const first of store.read(key, { signal })) {
      held.add(key);
      newlyParked.set(key, { position: first.position, revision: first.revision, error });
      await table.write(client, new Map([[key, null]]), held);
      return;
    }
  }

  return {
    position: () => position,
    async fillTo(upTo, transaction) {
      const save = transaction === 'own' ? () => inTransaction(client, write) : write;
      if (comparePositions(position, upTo) >= 0) return save();
      let batch: Recorded[] = [];
      for await (const event of store.readAll({ after: position, signal })) {
        if (comparePositions(event.position, upTo) > 0) break;
        batch.push(event);
        if (batch.length < batchSize) continue;
        await add(batch, save);
        batch = [];
      }
      await add(batch, save);
      await save();
    },
  };
}
