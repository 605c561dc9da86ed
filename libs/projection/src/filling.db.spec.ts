import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connected, inTransaction } from './connection.js';
import { type Filler, type Filling, filler } from './filling.js';
import { createGeneration, type Generation } from './generations.js';
import type { Between } from './pace.js';
import { readModel } from './read-model.js';
import { openReadTable, type ReadTable } from './read-table.js';
import { added, counters, opened, say, TABLE_LIMIT } from './testing/counters.js';
import { createWorld, type World } from './testing/world.js';

const model = readModel(counters());
let world: World;
let head: string;

beforeAll(async () => {
  world = await createWorld();
  for (let round = 0; round < 3; round += 1)
    for (let n = 0; n < 5; n += 1) head = await say(world.store, `${n}`, ...(round === 0 ? [opened()] : [added(n)]));
});
afterAll(() => world.release());

type Given = Partial<Filling> & { readonly table: ReadTable };
type Filled = (given?: Partial<Filling>, between?: Between) => Promise<Filler>;

/** A new table, and what fills it up to the end of the log. */
function onNewTable<T>(work: (fill: Filled, table: ReadTable, generation: Generation) => Promise<T>): Promise<T> {
  return connected(world.url, async (client, signal) => {
    const generation = await inTransaction(client, () => createGeneration(client, model));
    const table = await openReadTable(client, generation.tableName);
    const opened = (given: Given) =>
      filler({
        ...{ ...world, client, model, generation, signal, tolerated: 0, batchSize: 1, rowsInMemory: 2 },
        ...{ skipped: new Set<string>(), parked: new Set<string>(), onBatch: () => undefined },
        ...given,
      });
    const fill: Filled = async (given, between) => {
      const filling = opened({ table, ...given });
      await filling.fillTo(head, 'own', between);
      return filling;
    };
    return work(fill, table, generation);
  });
}

const rowsOf = ({ name }: ReadTable) => world.query(`select key, total, stale from dispatch_read.${name} order by key`);
const TOTALS = [0, 1, 2, 3, 4].map((n) => ({ key: `counter-${n}`, total: 2 * n, stale: false }));

test('rows that were written, forgotten and met again go on from where they stood', async () => {
  await onNewTable(async (fill, table) => {
    let loaded = 0;
    const slow: ReadTable = {
      ...table,
      // Rows are met again while they are on their way into the table.
      async add(client, rows, stale) {
        for (let turns = 0; turns < 10; turns += 1) await turn();
        return table.add(client, rows, stale);
      },
      load(client, keys) {
        loaded += keys.length;
        return table.load(client, keys);
      },
    };
    await fill({ table: slow, rowsInMemory: 4 });
    expect(loaded).toBeGreaterThan(0);
    expect(await rowsOf(table)).toEqual(TOTALS);
  });
});

test('where others are at work nothing is folded while rows are put', async () => {
  await onNewTable(async (fill, table) => {
    const done: (number | 'put')[] = [];
    const telling: ReadTable = {
      ...table,
      async add(...args) {
        await table.add(...args);
        done.push('put');
      },
    };
    await fill({ table: telling, onBatch: (events) => done.push(events) }, () => turn(true));
    expect(done.slice(0, 7)).toEqual([1, 2, 3, 'put', 4, 5, 'put']);
    expect(await rowsOf(table)).toEqual(TOTALS);
  });
});

test('of the rows in memory those that were touched lately wait, since they may change again', async () => {
  await onNewTable(async (fill, table) => {
    const put: string[][] = [];
    const telling: ReadTable = {
      ...table,
      async add(client, rows, ...others) {
        put.push([...rows.keys()]);
        await table.add(client, rows, ...others);
      },
    };
    await fill({ table: telling, rowsInMemory: 4 });
    expect(put[0]).toEqual(['counter-0', 'counter-1', 'counter-2']);
    expect(await rowsOf(table)).toEqual(TOTALS);
  });
});

test.each([
  { when: 'while the log is read on', rowsInMemory: 2 },
  { when: 'as the last', rowsInMemory: 100 },
])('a write that fails $when fails the whole, and leaves no checkpoint', async ({ rowsInMemory }) => {
  await onNewTable(async (fill, table, { tableName }) => {
    const broken: ReadTable = {
      ...table,
      async add() {
        // Later than it was sent off.
        await turn();
        throw new Error('the disk is full');
      },
    };
    await expect(fill({ table: broken, rowsInMemory })).rejects.toThrow('the disk is full');
    expect(await rowsOf(table)).toEqual([]);
    expect(
      await world.query('select position from dispatch_read.projections where table_name = $1', [tableName]),
    ).toEqual([{ position: 'start' }]);
    // The connection is free again, outside of any transaction.
    await fill();
    expect(await rowsOf(table)).toEqual(TOTALS);
  });
});

test('a key whose row is refused by a write in flight has nothing of it written later', async () => {
  head = await say(world.store, 'big', opened(), added(TABLE_LIMIT), added(1));
  for (const n of [5, 6, 7, 8]) head = await say(world.store, `${n}`, opened());
  const written = Number(head);
  head = await say(world.store, 'big', added(-TABLE_LIMIT));
  await onNewTable(async (fill, table, { tableName }) => {
    let folded = 0;
    const slow: ReadTable = {
      ...table,
      async add(client, rows, stale) {
        // As long as it can be folded on: the last event of its key, after which the table would take it, waits for its row.
        for (let turns = 0; turns < 10_000 && rows.has('counter-big') && folded < written; turns += 1) await turn();
        return table.add(client, rows, stale);
      },
    };
    const onBatch = (events: number) => {
      folded = events;
    };
    await fill({ table: slow, onBatch, rowsInMemory: 4 });
    const others = [0, 5, 6, 7, 8].map((n) => ({ key: `counter-${n}`, total: 0, stale: false }));
    expect(await rowsOf(table)).toEqual([...others.slice(0, 1), ...TOTALS.slice(1), ...others.slice(1)]);
    expect(
      await world.query('select key, revision from dispatch_read.parked where table_name = $1', [tableName]),
    ).toEqual([{ key: 'counter-big', revision: 0 }]);
  });
});

test('a row is looked for only where one can be: not before a write, nor under a key that has just begun', async () => {
  await onNewTable(async (fill, table) => {
    const load = () => Promise.reject(new Error('it looked'));
    const filling = await fill({ table: { ...table, load }, batchSize: 4, rowsInMemory: 100 });
    const last = await say(world.store, 'late', opened(), added(7));
    await filling.fillTo(last, 'own');
    expect(await rowsOf(table)).toContainEqual({ key: 'counter-late', total: 7, stale: false });
  });
});
