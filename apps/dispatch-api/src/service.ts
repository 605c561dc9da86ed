import { join } from 'node:path';
import { openPostgresEventStore, migrateLog } from '@dispatch/event-store';
import { grantRole, startLocalPostgres } from '@dispatch/local-postgres';
import { loadPolicy } from '@dispatch/policy';
import type { Log } from '@dispatch/telemetry';
import { type AppParts, createApp } from './app.js';
import type { Config } from './config.js';
import { recordPolicy } from './record-policy.js';

/** The group role that the log's migrations grant what a service needs, and no more. */
const SERVICE_ROLE = 'dispatch_app';
/** The login of the embedded Postgres that the service uses. */
const SERVICE_LOGIN = 'dispatch_service';

export interface Service {
  /** Where the API listens. */
  readonly url: string;
  readonly database: 'embedded' | 'external';
  readonly policyVersion: string;
  /** Answers what is in flight, then lets go of the log and of an embedded Postgres. */
  close(): Promise<void>;
}

/**
 * Starts all that this process runs, or nothing: what was started is stopped again when a later step fails.
 * `instead` takes the place of parts that it would make itself.
 */
export async function startService(
  config: Config,
  log: Log,
  root: string,
  version: string,
  instead: Pick<AppParts, 'runTool'> = {},
): Promise<Service> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of opened.reverse().splice(0)) await stop();
  };
  try {
    const policy = await loadPolicy(join(root, 'policy'));
    const url = config.database ? await migrated(config.database) : await embedded(config.dataDir, log, opened);
    const store = openPostgresEventStore({ url });
    opened.push(() => store.close());
    await recordPolicy(store, policy, Date.now);
    const { access, objectStoreSchemes } = config;
    const app = await createApp({
      store,
      policy,
      access,
      objectStoreSchemes,
      log,
      clock: Date.now,
      version,
      ...instead,
    });
    opened.push(() => app.close());
    await app.listen(config.port, config.host);
    const listening = (await app.getUrl()).replace('[::1]', 'localhost');
    const database = config.database ? 'external' : 'embedded';
    return { url: listening, database, policyVersion: policy.version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The owner's URL is used here and nowhere else. */
async function migrated({ url, migrationUrl }: NonNullable<Config['database']>): Promise<string> {
  await migrateLog({ url: migrationUrl });
  return url;
}

async function embedded(dataDir: string, log: Log, opened: (() => Promise<void>)[]): Promise<string> {
  const postgres = await startLocalPostgres({ dataDir, log: (line) => log.info({ component: 'postgres' }, line) });
  opened.push(() => postgres.stop());
  await migrateLog({ url: postgres.ownerUrl });
  await grantRole(postgres.ownerUrl, SERVICE_ROLE, SERVICE_LOGIN);
  return postgres.serviceUrl;
}
