import { join } from 'node:path';
import { recordPolicy } from '@dispatch/commands';
import { loadPolicy } from '@dispatch/policy';
import {
  type Database,
  openDatabase,
  openSigner,
  openStore,
  rebuildingApart,
  type Running,
  stopsInTurn,
} from '@dispatch/process';
import { openReadModels, openReadPool, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { startTree, treeReads } from '@dispatch/proof';
import type { Log } from '@dispatch/telemetry';
import { type AppParts, createApp } from './app.js';
import type { Config } from './config.js';

export interface Service extends Running {
  /** Where the API listens. */
  readonly url: string;
  readonly database: Database['kind'];
  readonly policyVersion: string;
  /** Answers what is in flight, then lets go of the log and of an embedded Postgres. */
  close(): Promise<void>;
}

/**
 * The first start makes empty tables, which takes less; where a long log is to be folded first, the API listens
 * meanwhile, and /ready tells.
 */
const FIRST_TABLES_MS = 5_000;

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
  const stops = stopsInTurn();
  try {
    const policy = await loadPolicy(join(root, 'policy'));
    const { kind, url } = await openDatabase(config, log, stops);
    // The data folder is Postgres' to make.
    const signer = config.role === 'all' ? await openSigner(config) : undefined;
    const store = openStore(config, url);
    stops.add(() => store.close());
    await recordPolicy(store, policy, Date.now, 'dispatch-api');

    const models = openReadModels({ url, store });
    stops.add(() => models.close());
    const db = openReadPool({ url });
    stops.add(() => db.close());
    if (config.role === 'all') {
      const script = new URL('./rebuild.js', import.meta.url);
      const rebuildBy = rebuildingApart({ url, store, settings: config, script });
      const projections = startProjections({ url, store, models: READ_MODELS, log, rebuildBy });
      stops.add(() => projections.stop());
      await models.waitFor(
        READ_MODELS.map(({ name }) => name),
        'start',
        FIRST_TABLES_MS,
      );
    }

    if (signer) {
      const tree = startTree({ url, store, signer, everySeconds: config.audit.checkpointSeconds, log });
      stops.add(() => tree.stop());
    }

    const { access, objectStoreSchemes, readWaitMs } = config;
    const app = await createApp({
      store,
      policy,
      access,
      objectStoreSchemes,
      log,
      clock: Date.now,
      version,
      reads: { db, models, waitMs: readWaitMs },
      proofs: treeReads(db),
      ...instead,
    });
    stops.add(() => app.close());
    await app.listen(config.port, config.host);
    const listening = (await app.getUrl()).replace('[::1]', 'localhost');
    return { url: listening, database: kind, policyVersion: policy.version, close: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}
