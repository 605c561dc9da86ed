import type { ClientBase } from 'pg';
import type { Between } from './pace.js';
import { qualified } from './read-table.js';

/** A row that two tables of one projection do not have alike; null where there is none. */
export interface Difference {
  readonly key: string;
  readonly live: object | null;
  readonly rebuilt: object | null;
}

/** How many differences are shown; one is enough to stop a swap. */
const SHOWN = 20;
/** Of a table, 8 KiB each, hashed by one statement. */
const BLOCKS = 128;
/** Greater than every row's. */
const LAST_TID = '(4294967294,65535)';

/** What is compared: the one that is live, and the one that was filled beside it. */
export interface Compared {
  readonly live: string;
  readonly rebuilt: string;
}

/**
 * Compares by content hash, then row by row if that differs. `seeing` sees both tables at one position, and the rebuilt
 * one stands there for `other`. Keys that are parked in either are left out: that they differ is explained by when they
 * were tried. With `only`, that key's row is all that is compared. `between` is called between two parts that are
 * hashed.
 */
export async function differences(
  seeing: ClientBase,
  other: ClientBase,
  { live, rebuilt }: Compared,
  { between, only }: { readonly between: Between; readonly only?: string | undefined },
): Promise<readonly Difference[]> {
  if (only === undefined) {
    const hashOfLive = () => contentHash(seeing, live, between);
    const hashOfRebuilt = () => contentHash(other, rebuilt, between);
    // Both processors, unless others want them.
    const hashes = (await between())
      ? [await hashOfLive(), await hashOfRebuilt()]
      : await Promise.all([hashOfLive(), hashOfRebuilt()]);
    if (hashes[0] === hashes[1]) return [];
  }
  const { rows } = await seeing.query<Difference>(
    `select key, to_jsonb(l) as live, to_jsonb(r) as rebuilt
     from ${qualified(live)} l full join ${qualified(rebuilt)} r using (key)
     where to_jsonb(l) is distinct from to_jsonb(r) and ($2::text is null or key = $2)
       and key not in (select p.key from dispatch_read.parked p where p.table_name = any($1))
     order by key limit ${SHOWN}`,
    [[live, rebuilt], only ?? null],
  );
  return rows;
}

/** How many keys are parked in either. */
export async function parkedIn(client: ClientBase, { live, rebuilt }: Compared): Promise<number> {
  const { keys } = await one<{ keys: number }>(
    client,
    'select count(distinct key)::integer as keys from dispatch_read.parked where table_name = any($1)',
    [[live, rebuilt]],
  );
  return keys;
}

/**
 * Of a set: a sum over rows does not depend on the order in which they lie. By the values themselves, for which two
 * that are equal have one hash; to write them out as text would take three times as long. Every column's type
 * must have equality, so it is jsonb and not json.
 */
async function contentHash(client: ClientBase, tableName: string, between: Between): Promise<string> {
  const table = qualified(tableName);
  const { blocks } = await one<{ blocks: number }>(
    client,
    "select (pg_relation_size($1) / current_setting('block_size')::integer)::integer as blocks",
    [table],
  );
  let [rows, sum] = [0n, 0n];
  for (let block = 0; block === 0 || block < blocks; block += BLOCKS) {
    const end = block + BLOCKS < blocks ? `(${block + BLOCKS},0)` : LAST_TID;
    const part = await one<{ rows: string; sum: string }>(
      client,
      `select count(*) as rows, coalesce(sum(hash_record_extended(t, 0)), 0)::text as sum
       from ${table} t where ctid >= $1 and ctid < $2`,
      [`(${block},0)`, end],
    );
    rows += BigInt(part.rows);
    sum += BigInt(part.sum);
    await between();
  }
  return `${rows} ${sum}`;
}

async function one<R extends object>(client: ClientBase, text: string, values: unknown[]): Promise<R> {
  const [row] = (await client.query<R>(text, values)).rows;
  if (!row) throw new Error('an aggregate returned no row');
  return row;
}
