import { join } from 'node:path';
import { reached } from './connection.js';
import { connectedTo, migrate, type Migrations } from './schema.js';

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
export const holdsLog = ({ url }: { readonly url: string }): Promise<boolean> =>
  reached(
    connectedTo(url, async (client) => {
      const { rowCount } = await client.query("select from pg_namespace where nspname = 'dispatch_log'");
      return rowCount === 1;
    }),
  );
