import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { addressOf, openWay, over, type Way } from '../../../test/support/way.js';
import { connectionTo } from './connection.js';
import { openPositions, type Positions } from './positions.js';
import { createWorld, type World } from './testing/world.js';

let world: World;
let way: Way;
let pool: Pool;
let positions: Positions;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.release());
beforeEach(async () => {
  way = await openWay(addressOf(world.url));
  const url = over(way, world.url);
  pool = new Pool({ ...connectionTo(url), max: 2, query_timeout: 1_000 }).on('error', () => undefined);
  positions = openPositions(url, pool, { beatMs: 50, answerMs: 500 });
  await heard('1', positions);
});
afterEach(async () => {
  await way.close();
  await positions.close();
  await pool.end();
});

/** Tells of a position until it is heard, or the test's own time is over. No table says so: it is heard or nothing. */
async function heard(position: string, by: Positions): Promise<void> {
  do await world.query(`select pg_notify('dispatch_read', 'queue ${position}')`);
  while (!(await by.waitFor(['queue'], position, 50)));
}

test('nobody is told of batches before he asks for a position', async () => {
  const named = (name: string) => {
    const url = new URL(world.url);
    url.searchParams.set('application_name', name);
    return openPositions(url.href, pool);
  };
  const isTold = async (name: string) =>
    (await world.query('select from pg_stat_activity where application_name = $1', [name])).length > 0;
  const [unasked, asked] = [named('unasked'), named('asked')];
  await heard('2', asked);
  expect([await isTold('unasked'), await isTold('asked')]).toEqual([false, true]);
  await heard('3', unasked);
  expect(await isTold('unasked')).toBe(true);
  await unasked.close();
  await asked.close();
});

test('a database that does not answer keeps nobody waiting for longer than asked', async () => {
  way.silence();
  const begun = performance.now();
  expect(await positions.waitFor(['queue'], '2', 100)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(900);
});

test('a connection that the network has forgotten is noticed, and what is told is heard again', async () => {
  way.silence();
  way.forget();
  await expect(heard('2', positions)).resolves.toBeUndefined();
});
