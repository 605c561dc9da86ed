import type { ClientBase } from 'pg';
import type { Parking } from './fold.js';

export interface ParkedKey extends Parking {
  readonly key: string;
  readonly attempts: number;
  readonly skip: boolean;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 10 * 60_000;

/** Milliseconds until the next try after so many. */
export function retryAfter(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MOST_MS);
}

export async function parkedKeys(client: ClientBase, tableName: string): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string }>('select key from dispatch_read.parked where table_name = $1', [
    tableName,
  ]);
  return new Set(rows.map(({ key }) => key));
}

/** Parks keys; one that waits already waits at the new event, or has been tried once more at the same one. */
export async function park(
  client: ClientBase,
  tableName: string,
  parked: ReadonlyMap<string, Parking & { readonly attempts?: number }>,
): Promise<void> {
  for (const [key, { position, revision, error, attempts = 1 }] of parked) {
    await client.query(
      `insert into dispatch_read.parked (table_name, key, position, revision, error, attempts, next_retry_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 ms')
       on conflict (table_name, key) do update set position = excluded.position, revision = excluded.revision,
         error = excluded.error, attempts = excluded.attempts, next_retry_at = excluded.next_retry_at, skip = false`,
      [tableName, key, position, revision, error, attempts, retryAfter(attempts)],
    );
  }
}

/** The key that has waited longest of those whose time has come, held until the transaction ends. */
export async function dueKey(client: ClientBase, tableName: string): Promise<ParkedKey | undefined> {
  const { rows } = await client.query<ParkedKey>(
    `select key, position, revision, error, attempts, skip from dispatch_read.parked
     where table_name = $1 and next_retry_at <= clock_timestamp() order by next_retry_at limit 1 for update`,
    [tableName],
  );
  return rows[0];
}

export async function unpark(client: ClientBase, tableName: string, key: string): Promise<void> {
  await client.query('delete from dispatch_read.parked where table_name = $1 and key = $2', [tableName, key]);
}
