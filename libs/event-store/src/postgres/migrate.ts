import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { CONNECT_MS, reached } from './connection.js';

/**
 * Brings the log's schema up to date. The URL is the owner's, not the application's; callers that come at the same
 * time wait for each other.
 * @throws LogUnavailable when the database cannot be reached.
 */
export async function migrateLog({ url }: { readonly url: string }): Promise<void> {
  const dbClient = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails the query that uses it; without a listener it would end the process as well.
  dbClient.on('error', quiet);
  try {
    await reached(dbClient.connect());
    await reached(
      runner({
        dbClient,
        dir: join(import.meta.dirname, 'migrations'),
        direction: 'up',
        migrationsSchema: 'dispatch_migrations',
        createMigrationsSchema: true,
        migrationsTable: 'event_store',
        advisoryLockMode: 'wait',
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      }),
    );
  } finally {
    await dbClient.end();
  }
}

/**
 * Whether the log's tables are in the database, in this release's shape or an older one. Any login may ask.
 * @throws LogUnavailable when the database cannot be reached.
 */
export async function holdsLog({ url }: { readonly url: string }): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', quiet);
  try {
    await reached(client.connect());
    const { rowCount } = await reached(client.query("select from pg_namespace where nspname = 'dispatch_log'"));
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

/** What goes wrong is thrown; what goes right need not be said. */
function quiet(): void {}
