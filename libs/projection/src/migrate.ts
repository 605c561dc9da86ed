import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

const CONNECT_MS = 5_000;

export interface Migrating {
  /** The owner's login, not the application's. */
  readonly url: string;
  /** The folder of the migrations. */
  readonly dir: string;
  /** Where in `dispatch_migrations` it is recorded which have run. */
  readonly table: string;
  /** A statement that goes before them, at every start. */
  readonly before?: string;
}

/** Brings a schema up to date; callers that come at the same time wait for each other. */
export async function migrateSchema({ url, dir, table, before }: Migrating): Promise<void> {
  const dbClient = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails the query that uses it; without a listener it would end the process as well.
  dbClient.on('error', quiet);
  try {
    await dbClient.connect();
    if (before !== undefined) await dbClient.query(before);
    await runner({
      dbClient,
      dir,
      direction: 'up',
      migrationsSchema: 'dispatch_migrations',
      createMigrationsSchema: true,
      migrationsTable: table,
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
  } finally {
    await dbClient.end();
  }
}

/** Brings the schema of the read models up to date. The URL is the owner's, not the application's. */
export function migrateReadModels({ url }: { readonly url: string }): Promise<void> {
  // With the log in another kind of store nothing else has made the role here.
  return migrateSchema({
    url,
    dir: join(import.meta.dirname, 'migrations'),
    table: 'read_models',
    before: ENSURE_ROLE,
  });
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
