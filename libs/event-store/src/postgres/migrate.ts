import { join } from 'node:path';
import { Client } from 'pg';
import { CONNECT_MS, reached } from './connection.js';
import { migrate, type Migrations } from './schema.js';

export const LOG_MIGRATIONS: Migrations = { dir: join(import.meta.dirname, 'migrations'), table: 'event_store' };

/**
 * Brings the log's schema up to date. The URL is the owner's, not the application's; callers that come at the same
 * time wait for each other.
 * @throws LogUnavailable when the database cannot be reached.
 */
export const migrateLog = ({ url }: { readonly url: string }): Promise<void> => reached(migrate(url, LOG_MIGRATIONS));

/**
 * Whether the log's tables are in the database, in this release's shape or an older one. Any login may ask.
 * @throws LogUnavailable when the database cannot be reached.
 */
export async function holdsLog({ url }: { readonly url: string }): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await reached(client.connect());
    const { rowCount } = await reached(client.query("select from pg_namespace where nspname = 'dispatch_log'"));
    return rowCount === 1;
  } finally {
    await client.end();
  }
}
