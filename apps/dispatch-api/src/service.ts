import { join } from 'node:path';
import { recordPolicy } from '@dispatch/commands';
import { loadPolicy } from '@dispatch/policy';
import {
  type Database,
  meterBatches,
  meterPools,
  meterProjections,
  openDatabase,
  openKeyVault,
  openSigner,
  openStore,
  rebuildingApart,
  type Running,
  stopsInTurn,
  traceBatches,
  traceProjections,
} from '@dispatch/process';
import { openPostgresKeys, settleErasures } from '@dispatch/privacy';
import { openReadModels, openReadPool, refuseOtherLog, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { startTree, treeReads } from '@dispatch/proof';
import { type Log, meterProcess, openMeters } from '@dispatch/telemetry';
import { type AppParts, createApp } from './app.js';
import type { Config } from './config.js';
import { openEvidence } from './evidence/settings.js';

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
    const meters = openMeters({ service: 'dispatch-api', version });
    stops.add(() => meters.close());
    meterProcess(meters, version);
    const pool = meterPools(meters);
    const store = await openStore(config, url, { batch: traceBatches(meterBatches(meters)), pool });
    stops.add(() => store.close());
    // Before anything is written to it.
    await refuseOtherLog({ url, store });
    await recordPolicy(store, policy, Date.now, 'dispatch-api');
    const keys = openPostgresKeys({ url });
    stops.add(() => keys.close());
    const vault = await openKeyVault(config, keys);
    // Where an erasure was broken off between the key and the log.
    await settleErasures({ keys, store });

    const models = openReadModels({ url, store });
    stops.add(() => models.close());
    const db = openReadPool({ url, onPool: pool });
    stops.add(() => db.close());
    const rebuildBy = rebuildingApart({
      url,
      store,
      settings: config,
      script: new URL('./rebuild.js', import.meta.url),
    });
    const stopping = new AbortController();
    stops.add(async () => stopping.abort());
    if (config.role === 'all') {
      const watch = traceProjections(meterProjections(meters));
      const projections = startProjections({ url, store, models: READ_MODELS, log, rebuildBy, watch });
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

    const evidenceStore = await openEvidence(config.evidence, Date.now);
    if (evidenceStore) stops.add(async () => evidenceStore.close());
    const { access, objectStoreSchemes, readWaitMs, limits, denied } = config;
    const app = await createApp({
      store,
      policy,
      vault,
      access,
      objectStoreSchemes,
      evidence: evidenceStore && { ...config.evidence, store: evidenceStore },
      log,
      clock: Date.now,
      version,
      reads: { db, models, waitMs: readWaitMs },
      ops: { ...config.ops, meters },
      limits,
      denied,
      proofs: treeReads(db),
      async rebuild(name, by) {
        const model = READ_MODELS.find((one) => one.name === name);
        if (model) await rebuildBy(model, stopping.signal, by);
      },
      pagesFolder: join(root, 'dist', 'cockpit'),
      runbooksFolder: join(root, 'docs', 'runbooks'),
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
