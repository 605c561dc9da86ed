import { comparePositions, type EventStore, type Position, type Recorded } from '@dispatch/event-store';
import { refusal, type Running } from './apply.js';
import { inTransaction, refusesData } from './connection.js';
import { type Folded, fold, type FoldInput } from './fold.js';
import { moveCheckpoint } from './generations.js';
import { dueKey, park, unpark } from './parked.js';

/**
 * Tries one parked key whose time has come: reads its stream again from the event it waits at (or after it, when an
 * operator says so) up to the checkpoint, and lets it go or parks it anew.
 * @returns false when no key was due.
 */
export async function retryDue(run: Running): Promise<boolean> {
  const { client, store, generation, table, skipped, position } = run;
  const tried = await inTransaction(client, async () => {
    // The checkpoint stays where it is; its row is locked, so that nothing is swapped meanwhile.
    await moveCheckpoint(client, { generation, from: position, to: position, last: null });
    const due = await dueKey(client, generation.tableName);
    if (!due) return undefined;
    const { key, revision, skip } = due;
    const events = await heldEvents(store, key, skip ? revision + 1 : revision, position);
    const rows = await table.load(client, [key]);
    const [parking] = await writeAlone(run, { events, rows, held: new Set(), skipped }, key);
    if (parking) {
      const attempts = parking.revision === revision ? due.attempts + 1 : 1;
      await park(client, generation.tableName, new Map([[key, { ...parking, attempts }]]));
    } else await unpark(client, generation.tableName, key);
    return { key, waits: parking !== undefined };
  });
  if (tried && !tried.waits) run.parked.delete(tried.key);
  return tried !== undefined;
}

async function heldEvents(store: EventStore, key: string, from: number, upTo: Position | 'start') {
  const events: Recorded[] = [];
  for await (const event of store.read(key, { from })) {
    if (comparePositions(event.position, upTo) > 0) break;
    events.push(event);
  }
  return events;
}

/** Folds one key's events and writes its row; answers where it is parked now, if it is. */
async function writeAlone(run: Running, input: FoldInput, key: string) {
  const whole = fold(run.model, input);
  const refused = await writeOrRefuse(run, whole, input, key);
  if (refused === undefined) return [...whole.parked.values()];
  // The table refuses what became of them: the first event that makes such a row is where the key waits.
  for (const [index, event] of input.events.entries()) {
    const upTo = fold(run.model, { ...input, events: input.events.slice(0, index + 1) });
    if ((await writeOrRefuse(run, upTo, input, key)) === undefined) continue;
    const before = fold(run.model, { ...input, poison: new Map([[event.id, refused]]) });
    const again = await writeOrRefuse(run, before, input, key);
    if (again === undefined) return [...before.parked.values()];
  }
  throw new Error(`the table refuses ${key} as a whole and takes each of its steps`);
}

/** Undefined when the row is written, else why it is not. */
async function writeOrRefuse({ client, table }: Running, folded: Folded, { rows }: FoldInput, key: string) {
  await client.query('savepoint attempt');
  try {
    await table.write(client, withRow(folded, rows, key), new Set(folded.parked.keys()));
    return undefined;
  } catch (error) {
    if (!refusesData(error)) throw error;
    await client.query('rollback to savepoint attempt');
    return refusal(error);
  }
}

/** The row also when it is unchanged: whether it is stale may have changed. */
function withRow(folded: Folded, before: FoldInput['rows'], key: string) {
  const standing = before.get(key);
  return standing && !folded.rows.has(key) ? new Map([[key, standing]]) : folded.rows;
}
