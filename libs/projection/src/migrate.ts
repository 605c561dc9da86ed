import { join } from 'node:path';
import { migrate, type Migrations } from '@dispatch/event-store';

// With the log in another kind of store nothing else has made the role here.
const ENSURE_ROLE = `
  do $$
  begin
    if not exists (select from pg_roles where rolname = 'dispatch_app') then
      create role dispatch_app nologin;
      execute format('grant dispatch_app to %I', current_user);
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`;

export const READ_MODEL_MIGRATIONS: Migrations = {
  dir: join(import.meta.dirname, 'migrations'),
  table: 'read_models',
  before: ENSURE_ROLE,
};

/** Brings the schema of the read models up to date. The URL is the owner's, not the application's. */
export const migrateReadModels = ({ url }: { readonly url: string }): Promise<void> =>
  migrate(url, READ_MODEL_MIGRATIONS);
