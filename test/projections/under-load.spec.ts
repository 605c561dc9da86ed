import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type EventStore, openPostgresEventStore } from '@dispatch/event-store';
import { keptActs, openReadModels, type ReadModels, verify } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { Client as Connection } from 'pg';
import { run } from '../../apps/cli/src/program.js';
import { until } from '../../libs/projection/src/testing/world.js';
import { percentile } from '../bench/row.js';
import { migratedDatabase, type TestDatabase } from '../postgres/database.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { type Client, closeConnections, openClient, reader } from './client.js';
import { load, watch } from './load.js';

/** Minutes instead of seconds: more of everything, and the figures on standard error. */
const LONG = process.env['DISPATCH_TEST_LONG'] === '1';
const { seeded, perSecond, seconds, kills } = LONG
  ? { seeded: 17_000, perSecond: 1_000, seconds: 30, kills: 20 }
  : { seeded: 200, perSecond: 300, seconds: 5, kills: 2 };
/** Events in the log when the seed is in it. */
const LEAST_EVENTS = LONG ? 200_000 : 2_000;
const CLIENTS = 16;
const WARM_UP_SECONDS = 20;
const TAKEOVER_MS = 5_000;
/** Before and after one. */
const AROUND_A_SWAP_MS = 500;
const NAMES = READ_MODELS.map(({ name }) => name);
const ROOT = join(import.meta.dirname, '../..');
/** Answers for which a killed projector must wait: where in a batch it is then, the machine decides anew each time. */
const BEFORE_A_KILL = [41, 7, 97, 23];

if (LONG) jest.setTimeout(600_000);

let database: TestDatabase;
let store: EventStore;
let models: ReadModels;
let apis: readonly [RunningProcess, RunningProcess];
/** The one that holds the leases, and its standby. */
let [active, standby]: RunningProcess[] = [];
let clients: readonly Client[];
const started: RunningProcess[] = [];
/** Of what a test runs on the side: also one that fails leaves nothing running. */
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await migratedDatabase();
  store = openPostgresEventStore({ url: database.url });
  models = openReadModels({ url: database.url, store });
  const seeding = run(['seed', '--tickets', String(seeded)], {
    env: { DISPATCH_DATABASE_URL: database.url },
    printer: { line: () => undefined, note: said, progress: () => undefined },
    signal: new AbortController().signal,
  });
  [active, ...apis] = await Promise.all([projector(), start('dispatch-api'), start('dispatch-api')]);
  expect(await seeding).toBe(0);
  expect(await models.waitFor(NAMES, await store.head(), LONG ? 120_000 : 60_000)).toBe(true);
  standby = await projector();
  clients = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => openClient(apis[n % 2 === 0 ? 0 : 1].url)));
});
afterEach(async () => {
  await Promise.allSettled(stops.splice(0).map((stop) => stop()));
});
afterAll(async () => {
  closeConnections();
  await Promise.all(started.map((process) => process.kill()));
  await models.close();
  await store.close();
  await database.drop();
});

async function start(app: 'dispatch-api' | 'projector'): Promise<RunningProcess> {
  const running = await startProcess(app, {
    DISPATCH_ROLE: app === 'projector' ? 'projector' : 'api',
    DISPATCH_DATABASE_URL: database.url,
    DISPATCH_DATABASE_MIGRATION_URL: database.ownerUrl,
  });
  started.push(running);
  return running;
}
const projector = () => start('projector');
const said = (text: string) => void process.stderr.write(`${text}\n`);
const figures = (text: string) => {
  if (LONG) said(text);
};

function commands(rate: number, onAnswer?: (position: string) => void) {
  const running = load(clients, rate, onAnswer);
  stops.push(running.stop);
  return running;
}

/** Half of them read where the client writes, half at the other API. */
function reading(mayBeBehind: boolean) {
  const readers = clients.slice(0, 4).map((client, n) => reader(client, { url: apis[n < 2 ? 0 : 1].url, mayBeBehind }));
  const stop = watch(readers);
  stops.push(stop);
  return stop;
}

/** As in a service that has been up for a while: its code compiled, the seed in the tree of hashes and vacuumed. */
async function settled() {
  const warming = commands(perSecond);
  await warming.more(perSecond * WARM_UP_SECONDS);
  await warming.stop();
  const owner = new Connection({ connectionString: database.ownerUrl });
  await owner.connect();
  stops.push(() => owner.end());
  const isInTree = async () => {
    const { rows } = await owner.query<{ complete: boolean }>(
      'select (select max(position) from dispatch_proof.leaves) = position as complete from dispatch_log.head',
    );
    return rows[0]?.complete === true;
  };
  await until('a tree of the whole log', isInTree, 300_000);
  await owner.query('vacuum (analyze)');
}

async function expectNoDifference() {
  const verified = READ_MODELS.map((model) => verify(model, { url: database.url, store }));
  for (const { position, differences } of await Promise.all(verified)) {
    expect(differences).toEqual([]);
    expect(Number(position)).toBeGreaterThan(LEAST_EVENTS);
  }
  // A parked key is no difference, and no right row either.
  expect((await models.status()).map(({ name, state, parkedCount }) => ({ name, state, parkedCount }))).toEqual(
    NAMES.toSorted().map((name) => ({ name, state: 'live', parkedCount: 0 })),
  );
}

test('what is written at one API is there for who asks for its position at the other', async () => {
  for (let n = 0; n < 20; n += 1) {
    const client = clients[n % CLIENTS];
    if (!client) throw new Error('no client');
    await client.next();
    const other = apis.find(({ url }) => url !== client.url)?.url ?? '';
    expect(await reader(client, { url: other, mayBeBehind: false })()).toEqual([]);
  }
});

test('while read models are rebuilt, swapped and verified under load, no read fails, goes back or misses what was acknowledged', async () => {
  if (LONG) await settled();
  /** From the answer to a command until all read models have it, in milliseconds, and when that was. */
  const lags: { at: number; ms: number }[] = [];
  const seen: Promise<unknown>[] = [];
  const running = commands(perSecond, (position) => {
    const [at, begun] = [Date.now(), performance.now()];
    seen.push(models.waitFor(NAMES, position, 60_000).then(() => lags.push({ at, ms: performance.now() - begun })));
  });
  const stopReading = reading(false);
  const begun = performance.now();
  await running.more(perSecond);
  for (const name of ['cockpit_queue', 'tickets']) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', './test/support/typescript.mjs', 'apps/cli/src/main.ts', 'projections', 'rebuild', name],
      { cwd: ROOT, env: { PATH: process.env['PATH'], DISPATCH_DATABASE_URL: database.url } },
    );
    expect(stdout).toMatch(new RegExp(`^${name}: ${name}_v\\d+_\\d+ is live since position \\d+`));
  }
  await running.more(Math.max(perSecond / 3, perSecond * seconds - running.acknowledged()));
  const took = (performance.now() - begun) / 1_000;
  await Promise.all(seen);
  const swaps: number[] = [];
  for await (const { act, at } of keptActs(database.url)) if (act === 'rebuild') swaps.push(Date.parse(at));
  const isNear = (at: number) => swaps.some((swap) => Math.abs(swap - at) < AROUND_A_SWAP_MS);
  const p99 = (near: boolean) => {
    const some = lags.filter(({ at }) => isNear(at) === near);
    return `${percentile(
      some.map(({ ms }) => ms),
      0.99,
    ).toFixed(1)} ms`;
  };
  figures(
    `${running.acknowledged()} commands in ${took.toFixed(1)} s; lag p99 ${p99(false)}, ` +
      `around the swaps ${p99(true)}`,
  );

  // While events come in, as all of this.
  await expectNoDifference();
  await running.stop();
  const { times, faults } = await stopReading();
  expect(faults).toEqual([]);
  expect(times).toBeGreaterThan(100);
});

test('a projector that is killed again and again is taken over in time, and the rows are right', async () => {
  const running = commands(LONG ? perSecond / 2 : perSecond / 3);
  const stopReading = reading(true);
  const took: number[] = [];
  const takenOver = async () => {
    const killed = performance.now();
    // More than can have been under way: one of them at least was written after the kill.
    await running.more(CLIENTS + 1);
    expect(await models.waitFor(NAMES, await store.head(), TAKEOVER_MS)).toBe(true);
    took.push(performance.now() - killed);
    expect(took.at(-1)).toBeLessThan(TAKEOVER_MS);
  };
  for (let n = 0; n < kills; n += 1) {
    await running.more(BEFORE_A_KILL[n % BEFORE_A_KILL.length] ?? 1);
    await active?.kill();
    await takenOver();
    [active, standby] = [standby, await projector()];
  }
  await running.more(50);
  await Promise.all([active?.kill(), standby?.kill()]);
  active = await projector();
  await takenOver();

  await running.stop();
  expect(await models.waitFor(NAMES, await store.head(), TAKEOVER_MS)).toBe(true);
  await expectNoDifference();
  const { faults } = await stopReading();
  expect(faults).toEqual([]);
  figures(`${kills + 1} kills, ${await store.head()} events; takeovers took at most ${Math.max(...took).toFixed()} ms`);
});
