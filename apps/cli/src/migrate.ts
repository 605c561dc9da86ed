import { bringUpToDate, readProcessSettings } from '@dispatch/process';
import type { Surroundings } from './database.js';
import { Failure } from './failure.js';

/** Runs the migrations that are left in the database of DISPATCH_DATABASE_URL, so that no service needs the owner's login. */
export async function migrate({ env, printer }: Surroundings): Promise<boolean> {
  const { database } = readProcessSettings(env);
  if (!database)
    throw new Failure('DISPATCH_DATABASE_URL is not set: the embedded PostgreSQL is migrated at each start');
  const behind = await bringUpToDate(database);
  printer.line(behind === 0 ? 'All schemas are up to date.' : `Brought ${behind} schemas up to date.`);
  return true;
}
