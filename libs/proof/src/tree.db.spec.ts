import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openReadPool, type ReadPool } from '@dispatch/projection';
import {
  headNow,
  newSignerLine,
  openCheckpoint,
  provesConsistency,
  provesInclusion,
  type RunningTree,
  signerOf,
  startTree,
  TreeFault,
  type TreeReads,
  treeReads,
  verifierKey,
} from './index.js';
import {
  behindTheTriggers,
  createProofWorld,
  cutAfter,
  definedRoot,
  fill,
  until,
  type World,
} from './testing/world.js';

const signer = signerOf(newSignerLine('example.com/dispatch'));
/** What the first one was replaced by. */
const rotated = signerOf(newSignerLine('example.com/dispatch'));
const STREAMS = ['ticket-a', 'ticket-b', 'policy'];

let world: World;
let pool: ReadPool;
let tree: TreeReads;
beforeAll(async () => {
  world = await createProofWorld();
  pool = openReadPool({ url: world.url });
  tree = treeReads(pool);
});
afterAll(async () => {
  for (const keeper of keepers) await keeper.stop();
  await pool.close();
  await world.release();
});

const keepers: RunningTree[] = [];
function keeping(): RunningTree {
  const keeper = startTree({ ...world, signer: rotated, everySeconds: 0, lookMs: 10 });
  keepers.push(keeper);
  return keeper;
}
const now = (by = signer) => headNow({ ...world, signer: by });
const counted = async (table: string) =>
  Number((await world.query<{ count: string }>(`select count(*) from dispatch_proof.${table}`))[0]?.count);
const events = async () => {
  const all = [];
  for await (const event of world.store.readAll({ after: 'start' })) all.push(event);
  return all;
};

test('an empty log has no head', async () => {
  expect(await now()).toBeUndefined();
  expect(await tree.latest()).toBeUndefined();
  expect(await tree.consistency(0, 0)).toBeUndefined();
});

test('the tree is that of the definition, and every event is proved to be in it', async () => {
  await fill(world, 21, STREAMS);
  const head = await now();
  const opened = openCheckpoint(head?.note ?? '', [signer.key]);
  expect([opened.size, opened.root.toString('hex')]).toEqual([21, await definedRoot(world)]);
  expect(head).toMatchObject({ size: 21, position: '21', key: signer.key.text });

  for (const [place, event] of (await events()).entries()) {
    const found = await tree.inclusion(event);
    expect(found?.index).toBe(place);
    if (found) expect(provesInclusion(place, 21, found.leaf, found.proof, opened.root)).toBe(true);
  }
});

test('a later tree is proved to begin with an earlier one', async () => {
  await fill(world, 12, STREAMS);
  expect((await now())?.size).toBe(33);
  for (const from of [1, 21, 32, 33]) {
    const found = await tree.consistency(from, 33);
    expect(found?.from.root.toString('hex')).toBe(await definedRoot(world, from));
    if (found) expect(provesConsistency({ older: found.from, newer: found.to }, found.proof)).toBe(true);
  }
  for (const [from, to] of [
    [0, 33],
    [2, 1],
    [1, 34],
  ] as const)
    expect(await tree.consistency(from, to)).toBeUndefined();
});

test('a head is not signed twice; a new key signs the same tree again, and the old one stays known', async () => {
  const heads = await counted('checkpoints');
  expect(await now()).toEqual(await now());
  expect(await counted('checkpoints')).toBe(heads);

  const head = await now(rotated);
  expect(head).toMatchObject({ size: 33, key: rotated.key.text });
  expect(await tree.latest()).toEqual(head);
  const keys = (await tree.keys()).map(({ key }) => key);
  expect(keys).toEqual([signer.key.text, rotated.key.text]);
  expect(openCheckpoint(head?.note ?? '', keys.map(verifierKey)).key.id).toBe(rotated.key.id);
});

test('who keeps the tree signs at its interval, only when there is something new; a standby takes over', async () => {
  const first = keeping();
  await until('the first keeps it', async () => (await locks()) === 1);
  const second = keeping();
  const heads = await counted('checkpoints');
  await fill(world, 1, STREAMS);
  await until('the new event is signed', async () => (await tree.latest())?.size === 34);
  expect(await counted('checkpoints')).toBe(heads + 1);

  // On demand, while another one keeps it.
  await fill(world, 1, STREAMS);
  expect(await now(rotated)).toMatchObject({ size: 35 });
  await first.stop();
  await fill(world, 1, STREAMS);
  await until('the second signs', async () => (await tree.latest())?.size === 36);
  await second.stop();
  expect((await tree.latest())?.root.toString('hex')).toBe(await definedRoot(world));
});

const locks = async () => {
  const rows = await world.query(
    "select from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
  );
  return rows.length;
};

test('connections that are cut at any moment leave the tree of the log', async () => {
  const keeper = keeping();
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([
      fill(world, 10, STREAMS),
      world.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'dispatch projections'`,
      ),
    ]);
  }
  const { length } = await events();
  await until('all of it is signed', async () => (await tree.latest())?.size === length);
  await keeper.stop();
  expect((await tree.latest())?.root.toString('hex')).toBe(await definedRoot(world));
  expect(await counted('leaves')).toBe(length);
});

describe('the database refuses to change', () => {
  test.each(['leaves', 'nodes', 'keys', 'checkpoints'])('%s, for its owner too', async (table) => {
    const column = table === 'keys' ? 'key' : table === 'checkpoints' ? 'note' : 'hash';
    const refused = expect.objectContaining({ code: '42501' });
    for (const statement of [
      `update dispatch_proof.${table} set ${column} = ${column}`,
      `delete from dispatch_proof.${table}`,
      `truncate dispatch_proof.${table} cascade`,
    ]) {
      await expect(world.query(statement)).rejects.toEqual(refused);
      await expect(world.query(`set session_replication_role = replica; ${statement}`)).rejects.toEqual(refused);
      await expect(world.query(`set role dispatch_app; ${statement}`)).rejects.toEqual(refused);
    }
  });
});

describe('nothing is signed', () => {
  test('when a node of what was signed is another', async () => {
    await fill(world, 1, STREAMS);
    await behindTheTriggers(world, "update dispatch_proof.nodes set hash = sha256('') where level = 6 and index = 0");
    await expect(now()).rejects.toThrow(TreeFault);
    await behindTheTriggers(
      world,
      `update dispatch_proof.nodes set hash = sha256('\\x01' || (select hash from dispatch_proof.nodes where level = 5 and index = 0)
         || (select hash from dispatch_proof.nodes where level = 5 and index = 1)) where level = 6 and index = 0`,
    );
    expect((await now())?.root.toString('hex')).toBe(await definedRoot(world));
  });

  test('when the log ends before the tree, or goes on in another way', async () => {
    const { length } = await events();
    await cutAfter(world, String(length - 2));
    await expect(now()).rejects.toThrow('the log ends before position');
    await fill(world, 4, STREAMS);
    await expect(now()).rejects.toThrow('does not hold the event');
    const found = tree.inclusion((await events()).at(length - 1) ?? fail());
    await expect(found).rejects.toThrow(TreeFault);
  });
});

function fail(): never {
  throw new Error('there is no such event');
}
