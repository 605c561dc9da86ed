import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

const CONNECT_MS = 5_000;

/**
 * Brings the schema of the tree up to date. The URL is the owner's, not the application's, and its role is made by the
 * migrations of the read models, which come before; callers that come at the same time wait for each other.
 */
export async function migrateProof({ url }: { readonly url: string }): Promise<void> {
  const dbClient = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails the query that uses it; without a listener it would end the process as well.
  dbClient.on('error', quiet);
  try {
    await dbClient.connect();
    await runner({
      dbClient,
      dir: join(import.meta.dirname, 'migrations'),
      direction: 'up',
      migrationsSchema: 'dispatch_migrations',
      createMigrationsSchema: true,
      migrationsTable: 'proof',
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
  } finally {
    await dbClient.end();
  }
}

/** What goes wrong is thrown; what goes right need not be said. */
function quiet(): void {}
