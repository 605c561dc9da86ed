import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

const CONNECT_MS = 5_000;

/**
 * Brings the schema of the read models up to date. The URL is the owner's, not the application's; callers
 * that come at the same time wait for each other.
 */
export async function migrateReadModels({ url }: { readonly url: string }): Promise<void> {
  const dbClient = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails the query that uses it; without a listener it would end the process as well.
  dbClient.on('error', quiet);
  try {
    await dbClient.connect();
    // With the log in another kind of store nothing else has made the role here.
    await dbClient.query(ENSURE_ROLE);
    await runner({
      dbClient,
      dir: join(import.meta.dirname, 'migrations'),
      direction: 'up',
      migrationsSchema: 'dispatch_migrations',
      createMigrationsSchema: true,
      migrationsTable: 'read_models',
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
  } finally {
    await dbClient.end();
  }
}

const ENSURE_ROLE = `
  do $$
  begin
    if not exists (select from pg_roles where rolname = 'dispatch_app') then
      create role dispatch_app nologin;
      execute format('grant dispatch_app to %I', current_user);
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`;

/** What goes wrong is thrown; what goes right need not be said. */
function quiet(): void {}
