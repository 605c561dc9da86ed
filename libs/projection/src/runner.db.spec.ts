import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addressOf, openWay, over } from '../../../test/support/way.js';
import { readModel } from './read-model.js';
import { startProjections } from './start.js';
import { added, counters, type CountersOptions, opened, POISON, say, TABLE_LIMIT } from './testing/counters.js';
import { createWorld, until, type World } from './testing/world.js';

let world: World;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await world.release();
});

function start(options: CountersOptions = {}, batchSize?: number) {
  const running = startProjections({ ...world, models: [readModel(counters(options))], batchSize });
  stops.push(running.stop);
  return running;
}

const rows = () =>
  world.query<{ key: string; total: number; stale: boolean }>(
    'select key, total, stale from dispatch_read.counters order by key',
  );
const row = (id: string, total: number, stale = false) => ({ key: `counter-${id}`, total, stale });
const reached = (position: string) => world.models.waitFor(['counters'], position, 15_000);
const parked = async () => (await world.models.status())[0]?.parked ?? [];

test('what is appended stands in the view once its position is reached', async () => {
  start();
  await say(world.store, 'a', opened(), added(2));
  const position = await say(world.store, 'b', opened(), added(5), added(1));
  expect(await reached(position)).toBe(true);
  expect(await rows()).toEqual([row('a', 2), row('b', 6)]);
  expect(await world.models.positionOf('counters')).toBe(position);
  expect(await world.models.status()).toEqual([
    expect.objectContaining({ name: 'counters', state: 'live', version: 1, position, head: position, lagPositions: 0 }),
  ]);
  expect(await world.models.waitFor(['counters'], '999', 50)).toBe(false);
});

test('one whose connection the network has forgotten goes on', async () => {
  const way = await openWay(addressOf(world.url));
  const models = [readModel(counters())];
  const running = startProjections({ store: world.store, url: over(way, world.url), models, answerMs: 300 });
  stops.push(running.stop, () => way.close());
  expect(await reached(await say(world.store, 'a', opened()))).toBe(true);
  way.silence();
  way.forget();
  expect(await reached(await say(world.store, 'a', added(2)))).toBe(true);
  expect(await rows()).toEqual([row('a', 2)]);
});

test('a batch that is cut off in the middle is folded once all the same', async () => {
  start({}, 3);
  await until('a table', async () => (await world.models.positionOf('counters')) !== undefined);
  for (let n = 0; n < 6; n += 1) {
    await say(world.store, 'a', n === 0 ? opened() : added(1), added(1), added(1), added(1));
    await world.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'dispatch projections' and datname = current_database()`,
    );
  }
  expect(await reached(String(await world.store.head()))).toBe(true);
  expect(await rows()).toEqual([row('a', 23)]);
});

test('one that was killed is followed by the standby within five seconds, and no event is folded twice', async () => {
  const script = join(import.meta.dirname, 'testing/run-counters.ts');
  const root = join(import.meta.dirname, '../../..');
  const first = spawn(process.execPath, ['--import', join(root, 'test/support/typescript.mjs'), script, world.url], {
    cwd: root,
    stdio: 'inherit',
  });
  const exited = new Promise((resolve) => first.once('exit', resolve));
  await say(world.store, 'a', opened(), added(1));
  await until('the other process runs', async () => (await world.models.positionOf('counters')) === '2');
  start();
  const writing = say(world.store, 'a', ...Array.from({ length: 100 }, () => added(1)));
  first.kill('SIGKILL');
  const killed = performance.now();
  await exited;
  expect(await reached(await writing)).toBe(true);
  expect(performance.now() - killed).toBeLessThan(5_000);
  expect(await rows()).toEqual([row('a', 101)]);
});

test('two that start at once share the work: each event is folded by one of them', async () => {
  start();
  start();
  const position = await say(world.store, 'a', opened(), ...Array.from({ length: 50 }, () => added(1)));
  expect(await reached(position)).toBe(true);
  expect(await rows()).toEqual([row('a', 50)]);
});

test('a poison event holds its key, in order, until the fold is mended; the others flow on', async () => {
  let broken = true;
  start({ broken: () => broken });
  await say(world.store, 'a', opened(), added(1), added(POISON), added(2));
  expect(await reached(await say(world.store, 'b', opened(), added(7)))).toBe(true);
  expect(await rows()).toEqual([row('a', 1, true), row('b', 7)]);
  expect(await parked()).toMatchObject([{ key: 'counter-a', revision: 2, error: 'RangeError: thirteen' }]);

  expect(await reached(await say(world.store, 'a', added(3)))).toBe(true);
  await until('it is tried again', async () => ((await parked())[0]?.attempts ?? 0) > 1);
  expect(await rows()).toEqual([row('a', 1, true), row('b', 7)]);

  broken = false;
  expect(await world.models.retryParked('counters', 'counter-a', 'ann')).toBe(true);
  await until('nothing is parked', async () => (await parked()).length === 0);
  expect(await rows()).toEqual([row('a', 6 + POISON), row('b', 7)]);
  expect(await reached(await say(world.store, 'a', added(1)))).toBe(true);
  expect(await rows()).toEqual([row('a', 7 + POISON), row('b', 7)]);
});

test('a skip passes over one event, waits at the next that fails, and is recorded', async () => {
  start();
  await say(world.store, 'a', opened(), added(POISON), added(2), added(POISON), added(4));
  await until('it is parked', async () => (await parked()).length === 1);
  await world.models.skipParked('counters', 'counter-a', 'ann');
  await until('it waits at the next', async () => (await parked())[0]?.revision === 3);
  expect(await rows()).toEqual([row('a', 2, true)]);
  await world.models.skipParked('counters', 'counter-a', 'bob');
  await until('nothing is parked', async () => (await parked()).length === 0);
  expect(await rows()).toEqual([row('a', 6)]);
  expect(await world.models.skipParked('counters', 'counter-a', 'ann')).toBe(false);
  expect(
    await world.query('select act, by, key, revision from dispatch_read.acts where key is not null order by id'),
  ).toEqual([
    { act: 'skip', by: 'ann', key: 'counter-a', revision: 1 },
    { act: 'skip', by: 'bob', key: 'counter-a', revision: 3 },
  ]);
});

test('a row that the table refuses parks its key at the event that made it so', async () => {
  start();
  await until('a table', async () => (await world.models.positionOf('counters')) !== undefined);
  await say(world.store, 'a', opened(), added(1), added(TABLE_LIMIT), added(2));
  expect(await reached(await say(world.store, 'b', opened(), added(7)))).toBe(true);
  expect(await rows()).toEqual([row('a', 1, true), row('b', 7)]);
  await until('it is tried again', async () => ((await parked())[0]?.attempts ?? 0) > 1);
  expect(await parked()).toMatchObject([{ key: 'counter-a', revision: 2, error: expect.stringContaining('23514') }]);
});

test('a fault that hits many keys stops the projection before it parks them; it goes on when told to', async () => {
  let broken = true;
  start({ broken: () => broken });
  await until('a table', async () => (await world.models.positionOf('counters')) !== undefined);
  const ids = Array.from({ length: 30 }, (_, n) => `k${n}`);
  const positions = await Promise.all(ids.map((id) => say(world.store, id, opened(), added(POISON))));
  await until('it is stopped', async () => (await world.models.status())[0]?.state === 'stopped');
  expect((await parked()).length).toBeLessThan(30);
  broken = false;
  expect(await world.models.resume('counters', 'ann')).toBe(true);
  const last = positions.map(Number).reduce((a, b) => Math.max(a, b));
  expect(await reached(String(last))).toBe(true);
  for (const { key } of await parked()) await world.models.retryParked('counters', key, 'ann');
  await until('nothing is parked', async () => (await parked()).length === 0);
  expect((await rows()).every(({ total, stale }) => total === POISON && !stale)).toBe(true);
  expect(await world.models.resume('counters', 'ann')).toBe(false);
});
