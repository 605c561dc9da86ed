import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  type EventStore,
  migrateLog,
  openEventStoreDbEventStore,
  openPostgresEventStore,
  type Recorded,
} from '@dispatch/event-store';
import { grantRole } from '@dispatch/local-postgres';
import { readOpsSettings } from '@dispatch/process';
import { migrateReadModels, openReadModels, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { newSignerLine, signerOf } from '@dispatch/proof';
import { openLog } from '@dispatch/telemetry';
import { Client } from 'pg';
import { run } from '../../apps/cli/src/program.js';
import { startProjector } from '../../apps/projector/src/projector.js';
import { known } from '../../libs/ticket/src/testing/values.js';
import { createDatabase, type TestDatabase } from '../postgres/database.js';
import { type EventStoreDouble, startEventStoreDouble } from './double.js';

const root = join(import.meta.dirname, '../..');
const EVENTS = 700;

/** A log in Postgres with a history; no test changes it. */
let source: TestDatabase;
let history: readonly Recorded[];
const databases: TestDatabase[] = [];
const doubles: EventStoreDouble[] = [];

async function database(): Promise<TestDatabase> {
  const made = await createDatabase();
  databases.push(made);
  return made;
}
async function double(): Promise<EventStoreDouble> {
  const made = await startEventStoreDouble();
  doubles.push(made);
  return made;
}

beforeAll(async () => {
  source = await database();
  await migrateLog({ url: source.ownerUrl });
  await grantRole(source.ownerUrl, 'dispatch_app', source.role);
  const store = openPostgresEventStore({ url: source.url });
  await Promise.all(Array.from({ length: EVENTS }, (_, n) => store.append(`ticket-${n % 90}`, 'any', anEvent(n))));
  history = await logOf(store);
});
afterEach(async () => {
  for (const one of doubles.splice(0)) await one.stop();
});
afterAll(async () => {
  for (const one of databases) await one.drop();
});

const anEvent = (n: number) => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data: { n, text: 'Tür „klemmt“', b: { z: 1.5, a: null } },
  metadata: { actor: { id: 'ann', role: 'tech' }, traceId: 'abc' },
  at: new Date(Date.UTC(2026, 0, 31, 8, 0, 0, n)).toISOString(),
});

/** All events of a log, which is then closed. */
async function logOf(store: EventStore): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of store.readAll({ after: 'start' })) events.push(event);
  await store.close();
  return events;
}
const inCluster = async ({ url }: EventStoreDouble) => logOf(await openEventStoreDbEventStore({ url }));
const inDatabase = ({ url }: TestDatabase) => logOf(openPostgresEventStore({ url }));
const withoutPositions = (events: readonly Recorded[]) => events.map((event) => ({ ...event, position: '' }));

async function copy(options: Readonly<Record<string, string>>) {
  const said: string[] = [];
  const note = (line: string) => void said.push(line);
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const printer = { line: note, note, progress: () => undefined };
  const code = await run(['log', 'copy', ...args], { env: {}, printer, signal: new AbortController().signal });
  return { code, said: said.join('\n') };
}

async function asOwner({ ownerUrl }: TestDatabase, statement: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

test('from Postgres to a cluster and back, all but the positions is kept, and no password is said', async () => {
  const [cluster, back] = [await double(), await database()];
  const there = await copy({ from: source.url, to: cluster.url });
  expect(there.said).toMatch(/700 events copied, in .*no difference: 700 events of 90 streams/s);
  expect(there.code).toBe(0);
  expect(withoutPositions(await inCluster(cluster))).toEqual(withoutPositions(history));

  // The service's login may not make the tables: that takes the owner's.
  const without = await copy({ from: cluster.url, to: back.url });
  expect(without).toMatchObject({ code: 1, said: expect.stringMatching(/^error: the target: permission denied/m) });
  await grantRole(back.ownerUrl, 'dispatch_app', back.role);
  const home = await copy({ from: cluster.url, to: back.url, 'to-owner': back.ownerUrl });
  expect([home.code, there.said, home.said].join('\n')).not.toContain(new URL(source.url).password);
  expect(home.said).toContain('copied up to position');
  expect(await inDatabase(back)).toEqual(history);
  await expect(asOwner(back, 'delete from dispatch_log.events')).rejects.toThrow('append-only');
});

test('with the owner’s login the tables are made, and the log is refused where a byte of it was changed', async () => {
  const target = await database();
  expect(await copy({ from: source.url, to: target.ownerUrl })).toMatchObject({ code: 0 });
  const { stream, revision, position } = known(history[123]);
  await asOwner(
    target,
    `begin; alter table dispatch_log.events disable trigger append_only;
     update dispatch_log.events set data = replace(data::text, 'klemmt', 'klemmT')::json where position = ${position};
     alter table dispatch_log.events enable always trigger append_only; commit`,
  );
  const found = await copy({ from: source.url, to: target.ownerUrl });
  expect(found.said).toContain(`difference: ${stream} at revision ${revision} is not what its hash says in the target`);
  expect(found.code).toBe(1);
});

test('killed in the middle it is run again, and no event is there twice', async () => {
  const cluster = await double();
  const child = spawn(
    process.execPath,
    ['--import', './test/support/typescript.mjs', 'apps/cli/src/main.ts', 'log', 'copy', '--to', 'env:TO'],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], DISPATCH_DATABASE_URL: source.url, TO: cluster.url },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [ended, said] = [once(child, 'exit'), text(child.stderr)];
  let events = 0;
  cluster.fault = ({ rpc, stream }) => {
    // Between two events, with the claims of those after them made.
    if (rpc === 'append' && stream.startsWith('dispatch/') && (events += 1) === 300) {
      child.kill('SIGKILL');
      return 'lost answer';
    }
    return undefined;
  };
  expect([await ended, await said]).toEqual([
    [null, 'SIGKILL'],
    expect.stringMatching(/^from the database of .*\nto   esdb:/),
  ]);
  cluster.fault = undefined;
  const claims = () => cluster.log.all.filter(({ stream }) => stream.startsWith('dispatch.command-')).length;
  const partly = (await inCluster(cluster)).length;
  expect([partly >= 299 && partly <= 300, claims() > partly]).toEqual([true, true]);

  const again = await copy({ from: source.url, to: cluster.url });
  expect(again.said).toContain(`${EVENTS - partly} events copied, ${partly} there already`);
  expect(withoutPositions(await inCluster(cluster))).toEqual(withoutPositions(history));
  expect(claims()).toBe(EVENTS);
});

test('a target that holds a stream of its own is refused, and says which', async () => {
  const cluster = await double();
  const store = await openEventStoreDbEventStore({ url: cluster.url });
  await store.append('policy', 'none', anEvent(0));
  await store.close();
  expect(await copy({ from: source.url, to: cluster.url })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/difference: the target holds policy at revision 0 where the source has ticket-/),
  });
  expect(await inCluster(cluster)).toHaveLength(1);
});

test('what the cluster is too small for is said with its place, and what is before it stays', async () => {
  const [cluster, large] = [await double(), await database()];
  await migrateLog({ url: large.ownerUrl });
  const store = openPostgresEventStore({ url: large.ownerUrl });
  await store.append('ticket-1', 'none', anEvent(0));
  await store.append('ticket-1', 0, { ...anEvent(1), data: { text: 'x'.repeat(1_100_000) } });
  await store.close();
  const told = await copy({ from: large.ownerUrl, to: cluster.url });
  expect(told.said).toMatch(/difference: the target does not take ticket-1 at revision 1: .*at most \d+ bytes/);
  expect([told.code, (await inCluster(cluster)).length]).toEqual([1, 1]);
});

test('what cannot be reached, or is no log, is one line that names the side and no password', async () => {
  const cluster = await double();
  const nowhere = 'postgresql://ann:secret@127.0.0.1:1/x';
  const empty = await database();
  for (const [options, line] of [
    [{ from: nowhere, to: cluster.url }, /^error: the source: connect ECONNREFUSED/m],
    [{ from: source.url, to: nowhere }, /^error: the target: connect ECONNREFUSED/m],
    [
      { from: source.url, to: 'esdb://ann:secret@127.0.0.1:1?tls=false' },
      /^error: the target: EventStoreDB cannot be used now/m,
    ],
    [{ from: source.url, to: 'secret' }, /^error: --to must be a URL/m],
    [{ from: source.url, to: source.url }, /^error: source and target are the same log/m],
    [{ from: empty.url, to: cluster.url }, /^error: the source holds no log of Dispatch/m],
  ] as const) {
    const { code, said } = await copy(options);
    expect([code, said]).toEqual([1, expect.stringMatching(line)]);
    expect(said).not.toContain('secret');
  }
});

test('read models of the old log stop a start on the new one, and nothing is written to it', async () => {
  const [cluster, { ownerUrl }] = [await double(), await database()];
  await migrateLog({ url: ownerUrl });
  await migrateReadModels({ url: ownerUrl });
  const store = openPostgresEventStore({ url: ownerUrl });
  // Of a stream that no read model follows: every checkpoint moves over it.
  await store.append('notes', 'none', anEvent(0));
  expect(await copy({ from: ownerUrl, to: cluster.url })).toMatchObject({ code: 0 });
  const models = openReadModels({ url: ownerUrl, store });
  const running = startProjections({ url: ownerUrl, store, models: READ_MODELS });
  const names = READ_MODELS.map(({ name }) => name);
  const caughtUp = await models.waitFor(names, await store.head(), 60_000);
  await running.stop();
  await models.close();
  await store.close();
  expect(caughtUp).toBe(true);

  const at = {
    role: 'projector',
    host: '127.0.0.1',
    port: 0,
    dataDir: '/nowhere',
    logTimeoutMs: 5_000,
    logLevel: 'silent',
    logFile: undefined,
    audit: {
      origin: undefined,
      key: signerOf(newSignerLine('localhost/dispatch')),
      keyFile: undefined,
      mayMakeKey: false,
      checkpointSeconds: 60,
    },
    privacy: { key: undefined, mayMakeKey: false },
    ops: readOpsSettings({}),
  } as const;
  const before = cluster.log.all.length;
  const start = startProjector(
    { ...at, eventStoreUrl: cluster.url, database: { url: ownerUrl, migrationUrl: ownerUrl } },
    openLog('silent'),
    'test',
  );
  await expect(start).rejects.toThrow(/^the read models were made from another log/);
  expect(cluster.log.all).toHaveLength(before);
});
