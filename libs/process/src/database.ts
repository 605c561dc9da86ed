import { ConfigFault } from '@dispatch/access';
import { migrateLog } from '@dispatch/event-store';
import { findLocalPostgres, grantRole, startLocalPostgres, type Urls } from '@dispatch/local-postgres';
import { migrateReadModels } from '@dispatch/projection';
import { migrateProof } from '@dispatch/proof';
import type { Log } from '@dispatch/telemetry';
import type { ProcessSettings } from './settings.js';
import type { Stops } from './stops.js';

/** The group role that the migrations grant what a process needs, and no more. */
const APPLICATION_ROLE = 'dispatch_app';
/** The login of the embedded Postgres that processes use. */
const APPLICATION_LOGIN = 'dispatch_service';

/** A Postgres with the log, the read models and the log's tree in it, each at the schema that this code needs. */
export interface Database {
  readonly kind: 'embedded' | 'external';
  /** As the service logs in. */
  readonly url: string;
}

/**
 * Brings up the embedded Postgres, or goes to the one that is named, and migrates it. The owner's URL is used here and
 * nowhere else. The embedded one belongs to the process with the API; a projector on the same folder is its guest.
 */
export async function openDatabase(settings: ProcessSettings, log: Log, stops: Stops): Promise<Database> {
  const { database, role, dataDir } = settings;
  if (database) {
    await migrate(database.migrationUrl);
    return { kind: 'external', url: database.url };
  }
  const { ownerUrl, serviceUrl } = role === 'projector' ? await found(dataDir) : await started(dataDir, log, stops);
  await migrate(ownerUrl);
  await grantRole(ownerUrl, APPLICATION_ROLE, APPLICATION_LOGIN);
  return { kind: 'embedded', url: serviceUrl };
}

/** Whoever comes first migrates all, so that processes may be started in any order. */
async function migrate(ownerUrl: string): Promise<void> {
  await migrateLog({ url: ownerUrl });
  await migrateReadModels({ url: ownerUrl });
  await migrateProof({ url: ownerUrl });
}

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
