import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ClientBase } from 'pg';
import { connected, inTransaction, refusesData } from './connection.js';
import { openReadTable, type ReadTable } from './read-table.js';
import { createWorld, type World } from './testing/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.release());

const PLAIN = `key text primary key, stale boolean not null default false, words text, code varchar(4), amount numeric,
  n bigint, ratio double precision, flag boolean, at timestamptz, day date, said jsonb, heard json,
  twice bigint generated always as (n * 2) stored`;

/** A table that is undone again, and the same rows put by each of the two ways. */
function bothWays<T>(columns: string, work: (put: Put) => Promise<T>): Promise<T> {
  return connected(world.url, (client) =>
    inTransaction(client, async () => {
      await client.query(`create table dispatch_read.rows (${columns})`);
      try {
        return await work(ways(client, await openReadTable(client, 'rows')));
      } finally {
        await client.query('drop table dispatch_read.rows');
      }
    }),
  );
}

type Put = (way: 'add' | 'write', row: object) => Promise<unknown>;

const ways =
  (client: ClientBase, table: ReadTable): Put =>
  async (way, row) => {
    await client.query('savepoint row');
    try {
      await table[way](client, new Map([['k', row]]), new Set());
      const { rows } = await client.query('select to_json(r)::text as row from dispatch_read.rows r');
      return { rows, loaded: await table.load(client, ['k']) };
    } catch (error) {
      if (refusesData(error)) return 'refused';
      throw error;
    } finally {
      await client.query('rollback to savepoint row');
    }
  };

const ROWS: readonly object[] = [
  {},
  { words: '', said: '', heard: '' },
  { words: 'a\\b\tc\nd\re\\N', said: { 'a\\b\tc\n': '\\.\r"' }, heard: ['\\', '\t'] },
  { words: '\r', said: '\\' },
  { words: '\\N', said: '\\N' },
  { words: '\\.', said: '"', heard: null },
  { words: 'für 👩‍🔧 ' },
  { words: 5, code: 'four', amount: 0.1, n: -7, ratio: 1e300, flag: true },
  { words: true, amount: 1e21, n: '9007199254740993', ratio: Number.NaN, flag: 'no' },
  { words: { a: [1] }, said: [null, 1, 'x', { y: 1.5 }], heard: false },
  { at: '2026-01-31T08:00:00.5Z', day: '2026-01-31', said: 0 },
  { code: 'of five' },
  { n: 1.5 },
  { n: 'one' },
  { at: 'today or so' },
  { words: 'nul \0' },
  { said: { nul: '\0' } },
  { words: 'half a \ud83d' },
  { said: 'half a \ud83d' },
];

test('what is added is what would have been written, and what one way refuses so does the other', async () => {
  await bothWays(PLAIN, async (put) => {
    const refused: object[] = [];
    for (const row of ROWS) {
      const written = await put('write', row);
      expect({ row, put: await put('add', row) }).toEqual({ row, put: written });
      if (written === 'refused') refused.push(row);
    }
    expect(refused).toEqual(ROWS.slice(-8));
  });
});

test('a table with arrays is added to as well', async () => {
  await bothWays('key text primary key, stale boolean, tags text[]', async (put) => {
    const row = { tags: ['a', 'b,"c"', '{}'] };
    const written = await put('write', row);
    expect(written).toMatchObject({ loaded: new Map([['k', row]]) });
    expect(await put('add', row)).toEqual(written);
  });
});
