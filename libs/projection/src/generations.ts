import type { Position, Recorded } from '@dispatch/event-store';
import type { ClientBase, QueryResult } from 'pg';
import type { Between } from './pace.js';
import type { ReadModel, Row } from './read-model.js';
import { qualified, type ReadTable } from './read-table.js';

/** A table of a projection and how far it has come. */
export interface Generation {
  readonly tableName: string;
  readonly name: string;
  readonly version: number;
  readonly state: 'building' | 'live' | 'kept';
  /** Its checkpoint. */
  readonly position: Position | 'start';
  readonly stopped: string | null;
  readonly pinned: boolean;
}

export const GENERATION_COLUMNS = 'table_name as "tableName", name, version, state, position, stopped, pinned';

/** The checkpoint is not where this runner left it: another one has moved it, or other tables are live now. */
export class Displaced extends Error {
  override readonly name = 'Displaced';
}

export async function generationOf(
  client: ClientBase,
  name: string,
  state: Generation['state'],
): Promise<Generation | undefined> {
  const { rows } = await client.query<Generation>(
    `select ${GENERATION_COLUMNS} from dispatch_read.projections where name = $1 and state = $2
     order by updated_at desc limit 1`,
    [name, state],
  );
  return rows[0];
}

/** The live generation, held as it is until the transaction ends: its runner waits at the edge of a batch. */
export async function lockLive(client: ClientBase, name: string): Promise<Generation | undefined> {
  const { rows } = await client.query<Generation>(
    `select ${GENERATION_COLUMNS} from dispatch_read.projections where name = $1 and state = 'live' for update`,
    [name],
  );
  return rows[0];
}

/** An empty table beside the others, without its indexes. */
export async function createGeneration(client: ClientBase, model: ReadModel): Promise<Generation> {
  const { rows } = await client.query<Generation>(
    `insert into dispatch_read.projections (table_name, name, version, state)
     values ($1::text || '_v' || $2::integer || '_' || nextval('dispatch_read.generation'), $1, $2, 'building')
     returning ${GENERATION_COLUMNS}`,
    [model.name, model.version],
  );
  const [generation] = rows;
  if (!generation) throw new Error('an insert returned no row');
  await runFor(client, generation.tableName, model.table);
  return generation;
}

/** Runs statements of a projection's SQL for this table. */
export async function runFor(
  client: ClientBase,
  tableName: string,
  statements: readonly string[],
  between?: Between,
): Promise<void> {
  for (const statement of statements) {
    await client.query(statement.replaceAll(':table', qualified(tableName)));
    await between?.();
  }
}

/** Drops the projection's tables that are in this state; answers their names. */
export async function dropGenerations(
  client: ClientBase,
  name: string,
  state: 'building' | 'kept',
): Promise<readonly string[]> {
  const { rows } = await client.query<{ table: string }>(
    'delete from dispatch_read.projections where name = $1 and state = $2 returning table_name as table',
    [name, state],
  );
  for (const { table } of rows) await client.query(`drop table if exists ${qualified(table)}`);
  return rows.map(({ table }) => table);
}

export interface Move {
  readonly generation: Pick<Generation, 'tableName' | 'state'>;
  readonly from: Position | 'start';
  readonly to: Position | 'start';
  /** The event at `to`; null where there is none new. */
  readonly last: Pick<Recorded, 'id' | 'at'> | null;
}

/** The checkpoint's row after the move, if it could be moved; `$1` to `$6` are {@link moveValues}. */
const MOVED = `moved as (
        update dispatch_read.projections
        set position = $4, last_event_at = coalesce($5, last_event_at), last_event_id = coalesce($6, last_event_id),
          last_event_position = case when $6 is null then last_event_position else $4 end,
          updated_at = case when position = $4 then updated_at else clock_timestamp() end
        where table_name = $1 and state = $2 and position = $3 returning name, position, state
      )`;
const TOLD = "select case when state = 'live' then pg_notify('dispatch_read', name || ' ' || position) end from moved";

const moveValues = ({ generation, from, to, last }: Move) => [
  generation.tableName,
  generation.state,
  from,
  to,
  last?.at ?? null,
  last?.id ?? null,
];

/**
 * Moves a checkpoint, and tells those who wait for it once the transaction is committed. The row stays locked till
 * then, so nothing is swapped in the middle of a batch.
 * @throws Displaced when it is not at `from`, or the table is not in its state any more.
 */
export async function moveCheckpoint(client: ClientBase, move: Move): Promise<void> {
  const text = `with ${MOVED} ${TOLD}`;
  moved(await client.query({ name: 'move checkpoint', text, values: moveValues(move) }), move);
}

/**
 * Moves a checkpoint and puts rows, none of them stale, in one statement, and so in one transaction.
 * @returns how many characters the rows are in JSON.
 * @throws Displaced as {@link moveCheckpoint}; nothing is written then.
 */
export async function moveAndPut(
  client: ClientBase,
  move: Move,
  { name, upsert }: ReadTable,
  rows: ReadonlyMap<string, Row>,
): Promise<number> {
  const stored = Array.from(rows, ([key, row]) => ({ ...row, key, stale: false }));
  const put = upsert.replace(':rows', '$7').replace(':where', 'exists (select from moved)');
  const text = `with ${MOVED}, put as (${put}) ${TOLD}`;
  const said = JSON.stringify(stored);
  moved(await client.query({ name: `move and put ${name}`, text, values: [...moveValues(move), said] }), move);
  return said.length;
}

function moved({ rowCount }: QueryResult, { generation, from }: Move): void {
  if (rowCount !== 1) throw new Displaced(`${generation.tableName} is no longer at ${from}`);
}
