import type { ClientBase } from 'pg';
import { qualified } from './read-table.js';

/** A row that two tables of one projection do not have alike; null where there is none. */
export interface Difference {
  readonly key: string;
  readonly live: object | null;
  readonly rebuilt: object | null;
}

/** How many differences are shown; one is enough to stop a swap. */
const SHOWN = 20;

/** What is compared: the one that is live, and the one that was filled beside it. */
export interface Compared {
  readonly live: string;
  readonly rebuilt: string;
}

/**
 * Compares by content hash, then row by row if that differs. `seeing` sees both tables at one position, and the rebuilt
 * one stands there for `other`. Keys that are parked in either are left out: that they differ is explained by when they
 * were tried. With `only`, that key's row is all that is compared.
 */
export async function differences(
  seeing: ClientBase,
  other: ClientBase,
  { live, rebuilt }: Compared,
  only?: string,
): Promise<readonly Difference[]> {
  if (only === undefined) {
    // Side by side, since what comes in meanwhile has to be caught up with.
    const hashes = await Promise.all([contentHash(seeing, live), contentHash(other, rebuilt)]);
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
  const { rows } = await client.query<{ keys: number }>(
    'select count(distinct key)::integer as keys from dispatch_read.parked where table_name = any($1)',
    [[live, rebuilt]],
  );
  return rows[0]?.keys ?? 0;
}

/**
 * Of a set: a sum over rows does not depend on the order in which they lie. By the values themselves, for which two
 * that are equal have one hash; to write them out as text would take three times as long. Every column's type
 * must have equality, so it is jsonb and not json.
 */
async function contentHash(client: ClientBase, tableName: string): Promise<string> {
  const { rows } = await client.query<{ hash: string }>(
    `select count(*) || ' ' || coalesce(sum(hash_record_extended(t, 0)), 0) as hash from ${qualified(tableName)} t`,
  );
  const [row] = rows;
  if (!row) throw new Error('an aggregate returned no row');
  return row.hash;
}
