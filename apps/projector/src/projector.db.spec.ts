import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EventStore, openPostgresEventStore } from '@dispatch/event-store';
import { grantRole } from '@dispatch/local-postgres';
import { openReadModels, openReadPool, type ReadModels } from '@dispatch/projection';
import { readOpsSettings } from '@dispatch/process';
import { READ_MODELS } from '@dispatch/projections';
import { newSignerLine, signerOf, treeReads } from '@dispatch/proof';
import { openLog } from '@dispatch/telemetry';
import { createDatabase, type TestDatabase } from '../../../test/postgres/database.js';
import { until } from '../../../libs/projection/src/testing/world.js';
import { type Projector, startProjector } from './projector.js';

const SIGNER = signerOf(newSignerLine('example.com/dispatch'));
const NAMES = READ_MODELS.map(({ name }) => name);

let database: TestDatabase;
let store: EventStore;
let models: ReadModels;
const started: Projector[] = [];
beforeEach(async () => {
  database = await createDatabase();
  store = openPostgresEventStore({ url: database.url });
  models = openReadModels({ url: database.url, store });
});
afterEach(async () => {
  for (const projector of started.splice(0)) await projector.close();
  await models.close();
  await store.close();
  await database.drop();
});

async function start(): Promise<Projector> {
  const { url, ownerUrl } = database;
  const settings = {
    role: 'projector',
    host: '127.0.0.1',
    port: 0,
    dataDir: '/nowhere',
    eventStoreUrl: undefined,
    logTimeoutMs: 5_000,
    logLevel: 'silent',
    logFile: undefined,
    ops: readOpsSettings({}),
    audit: { origin: undefined, key: SIGNER, keyFile: undefined, mayMakeKey: false, checkpointSeconds: 1 },
    privacy: { key: undefined, mayMakeKey: false },
  } as const;
  const projector = await startProjector(
    { ...settings, database: { url, migrationUrl: ownerUrl } },
    openLog('silent'),
    'test',
  );
  started.push(projector);
  return projector;
}

/** An event that changes no row; every checkpoint moves over it. */
async function append(): Promise<string> {
  const event = {
    id: randomUUID(),
    type: 'Noted',
    schemaVersion: 1,
    data: {},
    metadata: {},
    at: new Date().toISOString(),
  };
  const appended = await store.append('notes', 'any', event);
  if (!('written' in appended)) throw new Error('nothing was written');
  return appended.written.position;
}

test('a login without its rights stops the start; with them every read model and the tree are kept, by one of two at a time', async () => {
  await expect(start()).rejects.toThrow('permission denied to set role');
  await grantRole(database.ownerUrl, 'dispatch_app', database.role);

  const [first, second] = [await start(), await start()];
  expect(first.database).toBe('external');
  expect(await models.waitFor(NAMES, await append(), 60_000)).toBe(true);
  expect((await models.status()).map(({ name, state }) => [name, state])).toEqual(
    NAMES.toSorted().map((name) => [name, 'live']),
  );
  for (const { url } of [first, second]) expect((await fetch(`${url}/ready`)).status).toBe(200);
  // The first one may have come in while the tables were made.
  expect(await models.waitFor(NAMES, await append(), 60_000)).toBe(true);
  // A batch is counted once it is committed.
  let told: readonly string[] = [];
  await until('each batch is counted', async () => {
    told = await Promise.all([first, second].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    return NAMES.every((name) => told.join().includes(`dispatch_projection_events_total{projection="${name}"}`));
  });
  for (const text of told) expect(text).toContain('dispatch_projection_lag_positions{projection="tickets"} 0\n');

  await first.close();
  await expect(fetch(`${first.url}/health`)).rejects.toThrow('fetch failed');
  const last = await append();
  expect(await models.waitFor(NAMES, last, 15_000)).toBe(true);
  const db = openReadPool({ url: database.url });
  await until('a head of the tree covers it', async () => (await treeReads(db).latest())?.position === last);
  await db.close();
});
