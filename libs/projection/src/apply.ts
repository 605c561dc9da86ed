import type { EventStore, Position, Recorded } from '@dispatch/event-store';
import { LRUCache } from 'lru-cache';
import type { ClientBase, DatabaseError } from 'pg';
import { inTransaction, refusesData } from './connection.js';
import { type Folded, fold, type Parking } from './fold.js';
import { type Generation, moveAndPut, moveCheckpoint } from './generations.js';
import { park } from './parked.js';
import type { ReadModel, Row } from './read-model.js';
import type { ReadTable } from './read-table.js';

/** A live table and the one who may write it, for as long as the lease and the table last. */
export interface Running {
  readonly client: ClientBase;
  readonly store: EventStore;
  readonly model: ReadModel;
  readonly generation: Generation;
  readonly table: ReadTable;
  readonly skipped: ReadonlySet<string>;
  /** Keys that wait; kept in step with the table of parked keys, which only the runner adds to and takes from. */
  readonly parked: Set<string>;
  /** Rows as this runner put them lately: nobody else writes any, so they stand like this. */
  readonly known: LRUCache<string, Row>;
  /** The checkpoint as this runner left it. */
  position: Position | 'start';
}

/** Rows that are kept in memory at most: an event is often followed by another of its ticket. */
const KNOWN_ROWS = 1_000;
/** Their characters, in JSON. */
const KNOWN_CHARACTERS = 2 * 1024 * 1024;

export const noRows = (): Running['known'] => new LRUCache({ max: KNOWN_ROWS, maxSize: KNOWN_CHARACTERS });

/** Newly parked keys in one batch beyond which the fault is not the keys'. */
export const MOST_PARKED = 10;

/** A fault hits so many keys that parking them would only hide it. */
export class ManyKeysFail extends Error {
  override readonly name = 'ManyKeysFail';
}

/**
 * Folds a batch in: rows, parked keys and checkpoint in one transaction. When the table refuses what became of a
 * batch it is halved until the event that does it stands alone, and that one's key is parked.
 * @returns the keys that are newly parked.
 * @throws Displaced, ManyKeysFail; nothing of the batch is written then.
 */
export async function applyBatch(run: Running, events: readonly Recorded[]): Promise<number> {
  try {
    return await applyWhole(run, events);
  } catch (error) {
    if (!refusesData(error)) throw error;
    const [only] = events;
    if (events.length === 1 && only) return applyWhole(run, events, new Map([[only.id, refusal(error)]]));
    const half = Math.ceil(events.length / 2);
    return (await applyBatch(run, events.slice(0, half))) + (await applyBatch(run, events.slice(half)));
  }
}

async function applyWhole(run: Running, events: readonly Recorded[], poison?: ReadonlyMap<string, string>) {
  const last = events.at(-1);
  if (!last) return 0;
  const { client, model, generation, table, skipped, parked: held } = run;
  const move = { generation, from: run.position, to: last.position, last };
  const mine = events.filter(({ stream }) => model.follows(stream) && !held.has(stream));
  const born = new Set(mine.filter(({ revision }) => revision === 0).map(({ stream }) => stream));
  const rows = await standing(
    run,
    [...new Set(mine.map(({ stream }) => stream))].filter((key) => !born.has(key)),
  );
  const folded = fold(model, { events, rows, held, skipped, poison });
  if (folded.parked.size > MOST_PARKED) throw new ManyKeysFail(manyKeys(folded.parked));
  const put = onlyPuts(folded);
  if (put?.size === 0) await moveCheckpoint(client, move);
  else if (put) remember(run, put, await moveAndPut(client, move, table, put));
  else {
    const written = withStale(folded, rows);
    await inTransaction(client, async () => {
      await moveCheckpoint(client, move);
      await table.write(client, written, new Set(folded.parked.keys()));
      await park(client, generation.tableName, folded.parked);
    });
    for (const key of written.keys()) run.known.delete(key);
  }
  run.position = last.position;
  for (const key of folded.parked.keys()) run.parked.add(key);
  return folded.parked.size;
}

/** The rows of these keys. Had the table been swapped away, the checkpoint would not move after it. */
async function standing({ client, table, known }: Running, keys: readonly string[]): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const key of keys) {
    const row = known.get(key);
    if (row) rows.set(key, row);
  }
  for (const [key, row] of await table.load(
    client,
    keys.filter((key) => !rows.has(key)),
  ))
    rows.set(key, row);
  return rows;
}

function remember({ known }: Running, rows: ReadonlyMap<string, Row>, characters: number): void {
  const size = Math.ceil(characters / rows.size);
  for (const [key, row] of rows) known.set(key, row, { size });
}

/** The rows, where nothing else is to be done. */
function onlyPuts({ rows, parked }: Folded): ReadonlyMap<string, Row> | undefined {
  const put = new Map<string, Row>();
  if (parked.size > 0) return undefined;
  for (const [key, row] of rows) {
    if (row === null) return undefined;
    put.set(key, row);
  }
  return put;
}

/** A key that is parked without a change has its row written all the same: it is stale from now on. */
function withStale({ rows: changed, parked }: Folded, before: ReadonlyMap<string, object>) {
  const rows = new Map(changed);
  for (const key of parked.keys()) {
    const row = before.get(key);
    if (row && !rows.has(key)) rows.set(key, row);
  }
  return rows;
}

/** What may be shown of a row that the table refuses: the server's own message quotes the value. */
export function refusal({ code, constraint, column }: DatabaseError): string {
  return `the table refuses the row (${[code, constraint ?? column].filter(Boolean).join(', ')})`;
}

export function manyKeys(parked: ReadonlyMap<string, Parking>): string {
  const [first] = parked;
  return `${parked.size} keys cannot be folded at once; the first is ${first?.[0]} at ${first?.[1].position}: ${first?.[1].error}`;
}
