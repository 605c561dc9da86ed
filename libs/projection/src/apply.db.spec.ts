import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Recorded } from '@dispatch/event-store';
import { applyBatch, noRows, type Running } from './apply.js';
import { connected } from './connection.js';
import { generationOf } from './generations.js';
import { readModel } from './read-model.js';
import { openReadTable } from './read-table.js';
import { rebuild } from './rebuild.js';
import { added, counters, opened, POISON, say } from './testing/counters.js';
import { createWorld, type World } from './testing/world.js';

const model = readModel(counters());
let world: World;
let events: Recorded[];

beforeEach(async () => {
  world = await createWorld();
  await rebuild(model, { ...world, by: 'ann' });
  await say(world.store, 'a', opened(), added(1), added(2));
  events = [];
  for await (const event of world.store.readAll({ after: 'start' })) events.push(event);
});
afterEach(() => world.release());

/** A runner as it would be at the live table, whoever else is. */
function asRunner<T>(work: (run: Running) => Promise<T>): Promise<T> {
  return connected(world.url, async (client) => {
    const generation = await generationOf(client, model.name, 'live');
    if (!generation) throw new Error('nothing is live');
    const { tableName, position } = generation;
    const table = await openReadTable(client, tableName);
    const [skipped, parked, known] = [new Set<string>(), new Set<string>(), noRows()];
    return work({ ...world, client, model, generation, table, skipped, parked, known, position });
  });
}

const rows = () => world.query('select key, total from dispatch_read.counters');

test('one that lost its place writes nothing', async () => {
  await asRunner(async (late) => {
    await asRunner((run) => applyBatch(run, events));
    await expect(applyBatch(late, events)).rejects.toMatchObject({ name: 'Displaced' });
    expect(late.position).toBe('start');
  });
  expect(await rows()).toEqual([{ key: 'counter-a', total: 3 }]);
});

test('one whose table was swapped away writes nothing', async () => {
  await asRunner(async (run) => {
    await rebuild(model, { ...world, by: 'ann' });
    await expect(applyBatch(run, events)).rejects.toMatchObject({ name: 'Displaced' });
  });
  expect(await world.models.positionOf('counters')).toBe('start');
  expect(await rows()).toEqual([]);
});

test('rows and checkpoint go together or not at all', async () => {
  await asRunner(async (run) => {
    // Found out while the statement runs, and no fault of the rows.
    const upsert = run.table.upsert.replace(':where', ":where and current_setting('no.such') is null");
    const failing = { ...run.table, name: 'failing', upsert };
    await expect(applyBatch({ ...run, table: failing }, events)).rejects.toThrow('no.such');
    expect(await world.query("select position from dispatch_read.projections where state = 'live'")).toEqual([
      { position: 'start' },
    ]);
    expect(await applyBatch(run, events)).toBe(0);
  });
  expect(await rows()).toEqual([{ key: 'counter-a', total: 3 }]);
});

test('a row that it put lately is not read again, and one that is parked is', async () => {
  await say(world.store, 'b', opened(), added(5));
  events = [];
  for await (const event of world.store.readAll({ after: 'start' })) events.push(event);
  await asRunner(async (run) => {
    const read: string[] = [];
    const load: typeof run.table.load = (client, keys) => {
      read.push(...keys);
      return run.table.load(client, keys);
    };
    const watched = { ...run, table: { ...run.table, load } };
    const more = async (id: string, n: number) => {
      await say(world.store, id, added(n));
      const after = events.at(-1)?.position ?? 'start';
      for await (const event of world.store.readAll({ after })) events.push(event);
      return applyBatch(watched, events.slice(-1));
    };
    await applyBatch(watched, events);
    expect(await more('a', 4)).toBe(0);
    expect(read).toEqual([]);
    expect(await more('b', POISON)).toBe(1);
    watched.parked.clear();
    // As after a retry, which writes the row by itself.
    await world.query("update dispatch_read.counters set total = 50 where key = 'counter-b'");
    expect(await more('b', 1)).toBe(0);
    expect(read).toEqual(['counter-b']);
  });
  expect(await rows()).toEqual(
    expect.arrayContaining([
      { key: 'counter-a', total: 7 },
      { key: 'counter-b', total: 51 },
    ]),
  );
});
