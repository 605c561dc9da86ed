import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openReadPool, type ReadPool } from './read-pool.js';
import { createWorld, until, type World } from './testing/world.js';

let world: World;
let pool: ReadPool;
beforeAll(async () => {
  world = await createWorld();
  pool = openReadPool({ url: world.url, size: 2, statementTimeoutMs: 200 });
});
afterAll(async () => {
  await pool.close();
  await world.release();
});

const ask = (text: string, values: readonly unknown[] = []) => pool.query<{ value: unknown }>(text, values);

test('queries run in the role that owns the read models, and change nothing', async () => {
  expect((await ask('select current_user || $1 as value', ['!'])).rows).toEqual([{ value: 'dispatch_app!' }]);
  await expect(ask('delete from dispatch_read.projections')).rejects.toMatchObject({ code: '25006' });
});

test('one that takes too long is ended by the server, and the next is served', async () => {
  await expect(ask('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
  expect((await ask('select 1 as value')).rows).toEqual([{ value: 1 }]);
});

test('a server that cuts all connections is found again', async () => {
  await Promise.all([ask('select 1'), ask('select 1')]);
  await world.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dispatch reads'");
  const answered = () =>
    ask('select 2 as value').then(
      ({ rows }) => rows[0]?.value === 2,
      () => false,
    );
  await expect(until('a query is answered', answered)).resolves.toBeUndefined();
});

test('a statement that was prepared on a table of other types is answered all the same', async () => {
  await world.query('create view dispatch_read.swapped as select 1::integer as value');
  await world.query('grant select on dispatch_read.swapped to dispatch_app');
  const read = () => Promise.all([1, 2].map(async () => (await ask('select value from swapped')).rows[0]?.value));
  expect(await read()).toEqual([1, 1]);
  await world.query('drop view dispatch_read.swapped');
  await world.query("create view dispatch_read.swapped as select 'other'::text as value");
  await world.query('grant select on dispatch_read.swapped to dispatch_app');
  expect(await read()).toEqual(['other', 'other']);
});
