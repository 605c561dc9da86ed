import { once } from 'node:events';
import type { Server } from 'node:http';
import {
  type Database,
  meterBatches,
  meterPools,
  meterProjections,
  meterStatus,
  openDatabase,
  openSigner,
  openStore,
  type ProcessSettings,
  readiness,
  rebuildingApart,
  type Running,
  stopsInTurn,
  traceBatches,
  traceProjections,
} from '@dispatch/process';
import { openReadModels, refuseOtherLog, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { startTree } from '@dispatch/proof';
import { type Log, meterProcess, openMeters } from '@dispatch/telemetry';
import { healthServer } from './health-server.js';

export interface Projector extends Running {
  /** Where /health, /ready and /metrics are served. */
  readonly url: string;
  readonly database: Database['kind'];
  /** Ends every projection at the edge of a batch, then lets go of the database. */
  close(): Promise<void>;
}

/**
 * Keeps every read model and the log's tree, or stands by for the process that does. All that was started is stopped again when a later
 * step fails.
 */
export async function startProjector(settings: ProcessSettings, log: Log, version: string): Promise<Projector> {
  const stops = stopsInTurn();
  try {
    const { kind, url } = await openDatabase(settings, log, stops);
    // The data folder is Postgres' to make.
    const signer = await openSigner(settings);
    const meters = openMeters({ service: 'dispatch-projector', version });
    stops.add(() => meters.close());
    meterProcess(meters, version);
    const store = await openStore(settings, url, {
      batch: traceBatches(meterBatches(meters)),
      pool: meterPools(meters),
    });
    stops.add(() => store.close());
    // A login without its rights stops the start here; a projection would try again for ever.
    await store.head();
    await refuseOtherLog({ url, store });

    const models = openReadModels({ url, store });
    stops.add(() => models.close());
    const script = new URL('./rebuild.js', import.meta.url);
    const rebuildBy = rebuildingApart({ url, store, settings, script });
    const projections = startProjections({
      url,
      store,
      models: READ_MODELS,
      log,
      rebuildBy,
      watch: traceProjections(meterProjections(meters)),
    });
    stops.add(() => projections.stop());
    const tree = startTree({ url, store, signer, everySeconds: settings.audit.checkpointSeconds, log });
    stops.add(() => tree.stop());

    const names = READ_MODELS.map(({ name }) => name);
    meterStatus(meters, { store, models });
    const ready = readiness({ store, models, names, log });
    const server = healthServer({ readiness: ready, meters, ops: settings.ops });
    stops.add(() => closed(server));
    const listening = await listen(server, settings);
    return { url: listening, database: kind, close: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}

/** The URL; `once` rejects when the address is taken. */
async function listen(server: Server, { host, port }: ProcessSettings): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const bound = address === null || typeof address === 'string' ? port : address.port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  const gone = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await gone;
}
