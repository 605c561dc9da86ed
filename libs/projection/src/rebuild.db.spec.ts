import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { readModel } from './read-model.js';
import { rebuild, type RebuildOptions, verify } from './rebuild.js';
import { type RunningProjections, startProjections } from './start.js';
import { added, counters, type CountersOptions, opened, POISON, say, TABLE_LIMIT } from './testing/counters.js';
import { createWorld, until, type World } from './testing/world.js';

let world: World;
let running: RunningProjections;

beforeEach(async () => {
  world = await createWorld();
  for (let n = 0; n < 20; n += 1) await say(world.store, `${n}`, opened(), added(n), added(1));
  running = start();
  expect(await world.models.waitFor(['counters'], '60', 60_000)).toBe(true);
});
afterEach(async () => {
  await running.stop();
  await world.release();
});

function start(options: CountersOptions = {}): RunningProjections {
  return startProjections({ ...world, models: [readModel(counters(options))] });
}

const again = (given: Partial<RebuildOptions> = {}, options: CountersOptions = {}) =>
  rebuild(readModel(counters(options)), { url: world.url, store: world.store, by: 'ann', ...given });
const check = () => verify(readModel(counters()), { url: world.url, store: world.store });
const status = async () => {
  const [one] = await world.models.status();
  if (!one) throw new Error('no projection');
  return one;
};
const totals = () => world.query('select key, total from dispatch_read.counters order by key');
const tables = () =>
  world.query("select tablename from pg_tables where schemaname = 'dispatch_read' and tablename like 'counters_v%'");

test('readers of the view see every acknowledged row and no failure while it is rebuilt and swapped', async () => {
  const client = new Client({ connectionString: world.url });
  await client.connect();
  let reading = true;
  let reads = 0;
  const reader = (async () => {
    let before = 0;
    while (reading) {
      const { rows } = await client.query<{ total: number }>({
        name: 'totals',
        text: 'select coalesce(sum(total), 0)::integer as total from dispatch_read.counters',
      });
      const total = rows[0]?.total ?? 0;
      if (total < before) throw new Error(`went back from ${before} to ${total}`);
      before = total;
      reads += 1;
    }
  })();
  let writing = true;
  const writer = (async () => {
    let position = '';
    while (writing) position = await say(world.store, '0', added(1));
    return position;
  })();
  const first = (await status()).table;
  for (let n = 0; n < 3; n += 1) {
    expect(await again({ batchSize: 7, rowsInMemory: 3 })).toMatchObject({ swapped: true, differences: [] });
  }
  writing = false;
  expect(await world.models.waitFor(['counters'], await writer, 60_000)).toBe(true);
  reading = false;
  await reader;
  await client.end();
  expect(reads).toBeGreaterThan(0);
  expect((await status()).table).not.toBe(first);
  expect((await check()).differences).toEqual([]);
});

test('what differs without a reason is shown, and stops the swap unless it is accepted', async () => {
  const { table } = await status();
  await world.query(`update dispatch_read.${table} set total = 99 where key = 'counter-5'`);
  await world.query(`delete from dispatch_read.${table} where key = 'counter-6'`);
  const differences = [
    { key: 'counter-5', live: expect.objectContaining({ total: 99 }), rebuilt: expect.objectContaining({ total: 6 }) },
    { key: 'counter-6', live: null, rebuilt: expect.objectContaining({ total: 7 }) },
  ];
  expect(await check()).toEqual({ position: '60', parked: 0, differences });
  expect(await again()).toMatchObject({ swapped: false, differences });
  expect(await status()).toMatchObject({ table, building: [], kept: [] });
  expect(await tables()).toHaveLength(1);

  expect(await again({ acceptDifference: true })).toMatchObject({ swapped: true, differences });
  expect((await check()).differences).toEqual([]);
});

test('a rollback puts the kept table back, and it catches up; old ones go when told', async () => {
  const { table: first } = await status();
  await again();
  const { table: second } = await status();
  await world.models.waitFor(['counters'], await say(world.store, '3', added(100)), 60_000);
  expect(await world.models.rollback('counters', 'ann')).toBe(true);
  await world.models.waitFor(['counters'], await say(world.store, '3', added(1_000)), 60_000);
  expect(await status()).toMatchObject({ table: first, pinned: true, kept: [{ tableName: second }] });
  expect((await check()).differences).toEqual([]);

  expect(await world.models.dropOld('counters', 'ann')).toEqual([second]);
  expect(await tables()).toEqual([{ tablename: first }]);
  expect(await world.models.rollback('counters', 'ann')).toBe(false);
  expect(await world.query("select act, by from dispatch_read.acts where by = 'ann' order by id")).toEqual([
    { act: 'rebuild', by: 'ann' },
    { act: 'rollback', by: 'ann' },
    { act: 'drop-old', by: 'ann' },
  ]);
});

test('one that was broken off is started over, and leaves nothing behind', async () => {
  const breaking = new AbortController();
  const broken = again({ batchSize: 5, signal: breaking.signal, onProgress: () => breaking.abort() });
  await expect(broken).rejects.toMatchObject({ name: 'AbortError' });
  expect((await status()).building).toHaveLength(1);
  await until('its lock is free', async () => (await again().catch(() => undefined))?.swapped === true);
  expect(await status()).toMatchObject({ building: [], kept: [expect.anything()] });
  expect(await tables()).toHaveLength(2);
});

test('two at once refuse each other, and a rollback or a check in between', async () => {
  const holder = new Client({ connectionString: world.url });
  await holder.connect();
  // The first gets as far as the swap, and no further.
  await holder.query("begin; select from dispatch_read.projections where state = 'live' for update");
  const first = again();
  await until('the first is at it', async () => (await status()).building.length === 1);
  const refused = { name: 'RebuildRefused' };
  await expect(again()).rejects.toMatchObject(refused);
  await expect(check()).rejects.toMatchObject(refused);
  await expect(world.models.rollback('counters', 'ann')).rejects.toMatchObject(refused);
  await holder.end();
  expect(await first).toMatchObject({ swapped: true });
});

test('a row that the table refuses is parked by a rebuild too, and laid at its event', async () => {
  await say(world.store, '1', added(TABLE_LIMIT), added(1));
  await until('it is parked', async () => (await status()).parkedCount === 1);
  expect(await again()).toMatchObject({ swapped: true, differences: [] });
  await until('it is laid at its event', async () => (await status()).parked[0]?.revision === 3);
  expect(await world.query("select total, stale from dispatch_read.counters where key = 'counter-1'")).toEqual([
    { total: 2, stale: true },
  ]);
});

test('a higher version is built beside the old one, which serves until then', async () => {
  await running.stop();
  const before = await totals();
  running = start({ version: 2, step: 1, extraColumn: true });
  await until('version 2 is live', async () => {
    expect((await totals()).length).toBe(before.length);
    return (await status()).version === 2;
  });
  const position = await say(world.store, '0', added(1));
  expect(await world.models.waitFor(['counters'], position, 60_000)).toBe(true);
  expect(await world.query("select total, note from dispatch_read.counters where key = 'counter-0'")).toEqual([
    { total: 5, note: null },
  ]);
  expect(await status()).toMatchObject({ kept: [{ version: 1 }] });
});

test('a rebuild keeps to what was skipped and parks what is poison', async () => {
  await say(world.store, '1', added(POISON), added(1));
  await say(world.store, '2', added(POISON), added(1));
  await until('both are parked', async () => (await status()).parkedCount === 2);
  await world.models.skipParked('counters', 'counter-1', 'ann');
  await until('one goes on', async () => (await status()).parkedCount === 1);
  expect(await again()).toMatchObject({ swapped: true, differences: [] });
  expect(await status()).toMatchObject({ parked: [{ key: 'counter-2', revision: 3 }] });
  expect(
    await world.query(
      "select total, stale from dispatch_read.counters where key in ('counter-1', 'counter-2') order by key",
    ),
  ).toEqual([
    { total: 3, stale: false },
    { total: 3, stale: true },
  ]);
});
