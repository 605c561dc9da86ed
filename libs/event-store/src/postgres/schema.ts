import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import { Client, DatabaseError, escapeIdentifier } from 'pg';

/** Where it is recorded which migrations have run, a table a set. */
const SCHEMA = 'dispatch_migrations';

/** The SQL files that bring one schema up to date, in the order of their names. */
export interface Migrations {
  /** The folder that holds them and nothing else. */
  readonly dir: string;
  /** Where in `dispatch_migrations` it is recorded which have run. */
  readonly table: string;
  /** A statement that goes before them. */
  readonly before?: string;
}

/**
 * Brings a schema up to date. The URL is the owner's, not the application's; callers that come at the same time wait
 * for each other.
 */
export function migrate(url: string, { dir, table, before }: Migrations): Promise<void> {
  return connectedTo(url, async (dbClient) => {
    if (before !== undefined) await dbClient.query(before);
    await runner({
      dbClient,
      dir,
      direction: 'up',
      migrationsSchema: SCHEMA,
      createMigrationsSchema: true,
      migrationsTable: table,
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    // So that the next process can see without the owner's login that nothing is left to do. One at a time: Postgres
    // fails grants that meet.
    await dbClient.query(
      `select pg_advisory_xact_lock(hashtext('${SCHEMA}'));
       grant usage on schema ${SCHEMA} to dispatch_app;
       grant select on ${recordOf(table)} to dispatch_app`,
    );
  });
}

/** Whether all of them have run. A login that may not know is told that they have not. */
export function isMigrated(url: string, { dir, table }: Migrations): Promise<boolean> {
  return connectedTo(url, async (client) => {
    try {
      const { rows } = await client.query<{ name: string }>(`select name from ${recordOf(table)}`);
      const run = new Set(rows.map(({ name }) => name));
      return (await readdir(dir)).every((file) => run.has(file.replace(/\.sql$/, '')));
    } catch (error) {
      if (error instanceof DatabaseError && UNKNOWABLE.has(error.code ?? '')) return false;
      throw error;
    }
  });
}

/** No such schema, no such table, and no right to look. */
const UNKNOWABLE = new Set(['3F000', '42P01', '42501']);

const recordOf = (table: string): string => `${SCHEMA}.${escapeIdentifier(table)}`;

/** How long a connection is waited for where nobody waits for an answer: also while a machine starts all at once. */
export const CONNECT_MS = 30_000;

/** Over a connection of its own, which ends with the work. */
export async function connectedTo<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails the query that uses it; without a listener it would end the process as well.
  client.on('error', quiet);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What goes wrong is thrown; what goes right need not be said. */
function quiet(): void {}
