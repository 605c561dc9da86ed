import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, migrateLog, openEventStoreDbEventStore, openPostgresEventStore } from '@dispatch/event-store';
import { grantRole, type LocalPostgres, startLocalPostgres } from '@dispatch/local-postgres';
import { migrateReadModels, openReadModels, type ReadModels } from '@dispatch/projection';
import { startEventStoreDouble } from '../eventstoredb/double.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { addressOf, openWay, over, type Way } from '../support/way.js';

export const LOGS = ['Postgres', 'EventStoreDB'] as const;
export type LogKind = (typeof LOGS)[number];

/** Two APIs and two projectors over one log, and a Postgres of their own; each server is reached over a way. */
export interface Fleet {
  /** What holds the log, in words. */
  readonly origin: string;
  /** Whether positions count the events. */
  readonly gapless: boolean;
  readonly apis: [RunningProcess, RunningProcess];
  /** The one that keeps the read models, and its standby, as they were started. */
  readonly projectors: [RunningProcess, RunningProcess];
  /** How every process reaches the log. */
  readonly way: Way;
  /** The log, not over the way. */
  readonly store: EventStore;
  readonly models: ReadModels;
  /** As the service logs in, not over the way. */
  readonly databaseUrl: string;
  /** Another one of the kind, as each was started. */
  start(app: 'dispatch-api' | 'projector'): Promise<RunningProcess>;
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  stop(): Promise<void>;
}

/** More than four processes and a test hold together. */
const MAX_CONNECTIONS = '200';

/** @param settings of every process, beside those that say where things are */
export async function startFleet(kind: LogKind, settings: Readonly<Record<string, string>>): Promise<Fleet> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'dispatch-many-'));
    stops.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
    // As root, Postgres runs as another user, which must get through.
    await chmod(dataDir, 0o711);
    const run = () => startLocalPostgres({ dataDir, settings: { max_connections: MAX_CONNECTIONS } });
    let postgres: LocalPostgres | undefined = await run();
    const stopPostgres = async () => {
      await postgres?.stop();
      postgres = undefined;
    };
    stops.push(stopPostgres);
    const { ownerUrl, serviceUrl } = postgres;
    await migrateLog({ url: ownerUrl });
    await migrateReadModels({ url: ownerUrl });
    await grantRole(ownerUrl, 'dispatch_app', 'dispatch_service');

    const toPostgres = await openWay(addressOf(serviceUrl));
    stops.push(() => toPostgres.close());
    const { store, way, origin, eventStoreUrl } = await logOf(kind, serviceUrl, toPostgres, stops);
    const models = openReadModels({ url: serviceUrl, store });
    stops.push(() => models.close());

    const start = async (app: 'dispatch-api' | 'projector') => {
      const started = await startProcess(app, {
        DISPATCH_ROLE: app === 'projector' ? 'projector' : 'api',
        DISPATCH_DATABASE_URL: over(toPostgres, serviceUrl),
        DISPATCH_DATABASE_MIGRATION_URL: over(toPostgres, ownerUrl),
        ...(eventStoreUrl === undefined ? {} : { DISPATCH_EVENTSTORE_URL: eventStoreUrl }),
        ...settings,
      });
      stops.push(() => started.kill());
      return started;
    };
    const [first, second, projectors] = await Promise.all([
      start('dispatch-api'),
      start('dispatch-api'),
      activeAndStandby(() => start('projector')),
    ]);
    return {
      origin,
      gapless: kind === 'Postgres',
      apis: [first, second],
      projectors,
      way,
      store,
      models,
      databaseUrl: serviceUrl,
      start,
      stopPostgres,
      async startPostgres() {
        postgres = await run();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first has every lease when the second comes. */
async function activeAndStandby(start: () => Promise<RunningProcess>): Promise<[RunningProcess, RunningProcess]> {
  const active = await start();
  return [active, await start()];
}

async function logOf(kind: LogKind, databaseUrl: string, toPostgres: Way, stops: (() => Promise<unknown>)[]) {
  if (kind === 'Postgres') {
    const store = openPostgresEventStore({ url: databaseUrl });
    stops.push(() => store.close());
    return { store, way: toPostgres, origin: 'Postgres', eventStoreUrl: undefined };
  }
  const double = await startEventStoreDouble();
  stops.push(() => double.stop());
  const store = await openEventStoreDbEventStore({ url: double.url });
  stops.push(() => store.close());
  const { hostname, port } = new URL(double.url);
  const way = await openWay({ host: hostname, port: Number(port) });
  stops.push(() => way.close());
  const eventStoreUrl = `esdb://127.0.0.1:${way.port}?tls=false`;
  return { store, way, origin: 'EventStoreDB: the protocol double, no real server', eventStoreUrl };
}
