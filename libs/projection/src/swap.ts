import type { ClientBase } from 'pg';
import type { Generation } from './generations.js';
import { qualified } from './read-table.js';

/** How long a swap waits for readers in long transactions; meanwhile new readers wait behind it. */
export const SWAP_WAIT_MS = 500;

/**
 * Puts this generation under the view in place of the live one, which is kept. In the caller's transaction, that
 * has locked the live one: readers see the one table or the other, and never none.
 */
export async function makeLive(client: ClientBase, { name, tableName }: Generation, pinned: boolean): Promise<void> {
  await client.query(`set local lock_timeout = ${SWAP_WAIT_MS}`);
  await client.query(
    "update dispatch_read.projections set state = 'kept', pinned = false, updated_at = clock_timestamp() where name = $1 and state = 'live'",
    [name],
  );
  await pointView(client, name, tableName);
  await client.query(
    `with live as (
       update dispatch_read.projections set state = 'live', pinned = $2, updated_at = clock_timestamp()
       where table_name = $1 returning name, position
     )
     select pg_notify('dispatch_read', name || ' ' || position) from live`,
    [tableName, pinned],
  );
}

/** Replaced where the columns are the same, which leaves prepared statements as they are; else made anew. */
async function pointView(client: ClientBase, name: string, tableName: string): Promise<void> {
  const definition = `view ${qualified(name)} as select * from ${qualified(tableName)}`;
  if (await sameColumns(client, name, tableName)) {
    await client.query(`create or replace ${definition}`);
    return;
  }
  await client.query(`drop view if exists ${qualified(name)}`);
  await client.query(`create ${definition}`);
}

async function sameColumns(client: ClientBase, view: string, table: string): Promise<boolean> {
  const { rows } = await client.query<{ same: boolean }>(
    `with columns as (
       select attrelid, array_agg(format('%s %s %s %s', attname, atttypid, atttypmod, attcollation) order by attnum) as list
       from pg_attribute where attrelid in (to_regclass($1), to_regclass($2)) and attnum > 0 and not attisdropped
       group by attrelid
     )
     select count(*) = 2 and count(distinct list) = 1 as same from columns`,
    [qualified(view), qualified(table)],
  );
  return rows[0]?.same === true;
}
