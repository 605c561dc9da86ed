import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { differences } from './compare.js';
import { connected } from './connection.js';
import { createWorld, type World } from './testing/world.js';

/** Of 1 MiB, which one statement hashes; the rows below fill more than two. */
const PARTS = 3;
const ROWS = 20_000;
let world: World;

beforeAll(async () => {
  world = await createWorld();
  for (const [table, order] of [
    ['live', 'n'],
    ['rebuilt', 'n desc'],
  ])
    await world.query(
      `create table dispatch_read.${table} as select n::text as key, repeat('x', 100) as words, n as total
       from generate_series(1, ${ROWS}) n order by ${order};
       grant select on dispatch_read.${table} to dispatch_app`,
    );
});
afterAll(() => world.release());

/** Also how often others could get their turn. */
function compared(others: boolean) {
  let turns = 0;
  const between = () => {
    turns += 1;
    return turn(others);
  };
  return connected(world.url, (seeing) =>
    connected(world.url, async (other) => ({
      differences: await differences(seeing, other, { live: 'live', rebuilt: 'rebuilt' }, { between }),
      turns,
    })),
  );
}

test.each([true, false])(
  'tables with the same rows, wherever they lie, do not differ (others at work: %s)',
  async (others) => {
    const { differences, turns } = await compared(others);
    expect(differences).toEqual([]);
    expect(turns).toBe(1 + 2 * PARTS);
  },
);

test.each([1, ROWS / 2, ROWS])('of many rows the one that differs is found: %i', async (n) => {
  const set = (total: number) =>
    world.query('update dispatch_read.live set total = $2 where key = $1', [`${n}`, total]);
  await set(-1);
  const row = expect.objectContaining({ key: `${n}`, total: n });
  expect((await compared(true)).differences).toEqual([
    { key: `${n}`, live: expect.objectContaining({ total: -1 }), rebuilt: row },
  ]);
  await set(n);
  expect((await compared(true)).differences).toEqual([]);
});
