import { ConfigFault } from '@dispatch/access';
import { isMigrated, LOG_MIGRATIONS, migrate, type Migrations } from '@dispatch/event-store';
import { findLocalPostgres, grantRole, startLocalPostgres, type Urls } from '@dispatch/local-postgres';
import { PRIVACY_MIGRATIONS } from '@dispatch/privacy';
import { READ_MODEL_MIGRATIONS } from '@dispatch/projection';
import { PROOF_MIGRATIONS } from '@dispatch/proof';
import type { Log } from '@dispatch/telemetry';
import { DatabaseError } from 'pg';
import type { ExternalDatabase, ProcessSettings } from './settings.js';
import type { Stops } from './stops.js';

/** The group role that the migrations grant what a process needs, and no more. */
const APPLICATION_ROLE = 'dispatch_app';
/** The login of the embedded Postgres that processes use. */
const APPLICATION_LOGIN = 'dispatch_service';

/** In this order: the first makes the role that the others grant to. Whoever comes first runs all of them. */
const SCHEMAS: readonly Migrations[] = [LOG_MIGRATIONS, READ_MODEL_MIGRATIONS, PROOF_MIGRATIONS, PRIVACY_MIGRATIONS];

/** A Postgres with the log, the read models and the log's tree and people's keys in it, each at the schema that this code needs. */
export interface Database {
  readonly kind: 'embedded' | 'external';
  /** As the service logs in. */
  readonly url: string;
}

/**
 * Brings up the embedded Postgres, or goes to the one that is named, and migrates it where anything is left to. The
 * owner's URL is used for that and for nothing else. The embedded one belongs to the process with the API; a projector on the same folder is its guest.
 */
export async function openDatabase(settings: ProcessSettings, log: Log, stops: Stops): Promise<Database> {
  const { database, role, dataDir } = settings;
  if (database) {
    await bringUpToDate(database);
    return { kind: 'external', url: database.url };
  }
  const { ownerUrl, serviceUrl } = role === 'projector' ? await found(dataDir) : await started(dataDir, log, stops);
  await bringUpToDate({ url: ownerUrl, migrationUrl: ownerUrl });
  await grantRole(ownerUrl, APPLICATION_ROLE, APPLICATION_LOGIN);
  return { kind: 'embedded', url: serviceUrl };
}

/**
 * Runs the migrations that are left. `url` may look which are; only where some are is `migrationUrl` needed.
 * @returns how many of the schemas were not up to date.
 */
export async function bringUpToDate({ url, migrationUrl }: ExternalDatabase): Promise<number> {
  let behind = 0;
  for (const schema of SCHEMAS) {
    if (await isMigrated(url, schema)) continue;
    behind += 1;
    await migrate(migrationUrl, schema).catch((error: unknown) => {
      throw error instanceof DatabaseError && error.code === NO_RIGHT && migrationUrl === url ? ownerNeeded() : error;
    });
  }
  return behind;
}

const NO_RIGHT = '42501';
const ownerNeeded = () =>
  new ConfigFault(
    'DISPATCH_DATABASE_MIGRATION_URL',
    'is needed: migrations are left, and the login of DISPATCH_DATABASE_URL may not run them',
  );

async function found(dataDir: string): Promise<Urls> {
  const running = await findLocalPostgres(dataDir);
  if (running) return running;
  const missing = `names no Postgres, and no API runs one in ${dataDir}: a projector has none of its own`;
  throw new ConfigFault('DISPATCH_DATABASE_URL', missing);
}

async function started(dataDir: string, log: Log, stops: Stops): Promise<Urls> {
  const postgres = await startLocalPostgres({ dataDir, log: (line) => log.info({ component: 'postgres' }, line) });
  stops.add(() => postgres.stop());
  return postgres;
}
