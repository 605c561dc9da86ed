import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Recorded } from '@dispatch/event-store';
import { applyBatch, type Running } from './apply.js';
import { connected } from './connection.js';
import { generationOf } from './generations.js';
import { readModel } from './read-model.js';
import { openReadTable } from './read-table.js';
import { rebuild } from './rebuild.js';
import { added, counters, opened, say } from './testing/counters.js';
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
}, 30_000);
afterEach(() => world.release());

/** A runner as it would be at the live table, whoever else is. */
function asRunner<T>(work: (run: Running) => Promise<T>): Promise<T> {
  return connected(world.url, async (client) => {
    const generation = await generationOf(client, model.name, 'live');
    if (!generation) throw new Error('nothing is live');
    const { tableName, position } = generation;
    const table = await openReadTable(client, tableName);
    return work({ ...world, client, model, generation, table, skipped: new Set(), parked: new Set(), position });
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
