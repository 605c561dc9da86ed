import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openReadPool, type ReadPool } from '@dispatch/projection';
import {
  checkLogAgainstCheckpoint,
  type Checkpoint,
  headNow,
  type LogFault,
  newSignerLine,
  openCheckpoint,
  signerOf,
  treeReads,
} from './index.js';
import {
  behindTheTriggers,
  createProofWorld,
  cutAfter,
  fill,
  happening,
  rewriteStream,
  type World,
} from './testing/world.js';

const signer = signerOf(newSignerLine('example.com/dispatch'));

let world: World;
let pool: ReadPool;
/** As an auditor has kept it, elsewhere. */
let checkpoint: Checkpoint;
beforeEach(async () => {
  world = await createProofWorld();
  pool = openReadPool({ url: world.url });
  await fill(world, 12, ['ticket-a', 'ticket-b', 'ticket-c']);
  const head = await headNow({ ...world, signer });
  checkpoint = openCheckpoint(head?.note ?? '', [signer.key]);
  // What comes later is not looked at.
  await fill(world, 3, ['ticket-a']);
});
afterEach(async () => {
  await pool.close();
  await world.release();
});

const check = (): Promise<LogFault | undefined> =>
  checkLogAgainstCheckpoint({ store: world.store, checkpoint, leaves: treeReads(pool).leaves });
/** Without the tables, which whoever changed the log may have thrown away: the fault is found, its place is not. */
const checkAlone = () => checkLogAgainstCheckpoint({ store: world.store, checkpoint });

test('a log that only grew is what was signed', async () => {
  const seen: number[] = [];
  const onEvent = (events: number) => void seen.push(events);
  expect(await checkLogAgainstCheckpoint({ store: world.store, checkpoint, onEvent })).toBeUndefined();
  expect(seen.at(-1)).toBe(12);
  expect(await check()).toBeUndefined();
});

test('a tail that was cut off', async () => {
  await cutAfter(world, '9');
  expect(await check()).toEqual({ fault: 'truncated', events: 9, missing: '10' });
  expect(await checkAlone()).toEqual({ fault: 'truncated', events: 9, missing: undefined });
  // Other events in its place.
  await fill(world, 6, ['ticket-b']);
  const first = { index: 9, position: '10', stream: 'ticket-b', revision: 3 };
  expect(await check()).toEqual({ fault: 'rewritten', first });
  expect(await checkAlone()).toEqual({ fault: 'rewritten', first: undefined });
});

test('a stream that was replaced as a whole, with a chain that is whole', async () => {
  await rewriteStream(world, 'ticket-b', (data, revision) => (revision < 2 ? data : { n: 'another' }));
  expect(await check()).toEqual({
    fault: 'rewritten',
    first: { index: 7, position: '8', stream: 'ticket-b', revision: 2 },
  });
  expect(await checkAlone()).toEqual({ fault: 'rewritten', first: undefined });
});

test('a byte that was changed', async () => {
  await behindTheTriggers(world, `update dispatch_log.events set data = '{"n":99}' where position = 5`);
  const place = { fault: 'content', index: 4, position: '5', stream: 'ticket-b', revision: 1 };
  expect(await check()).toEqual(place);
  expect(await checkAlone()).toEqual(place);
});

test('an event that was taken out, events that were swapped, an event that was put in', async () => {
  await behindTheTriggers(
    world,
    'update dispatch_log.events set position = -position where position in (6, 7)',
    'update dispatch_log.events set position = 13 + position where position in (-6, -7)',
  );
  const sixth = (stream: string, revision: number) => ({ index: 5, position: '6', stream, revision });
  expect(await check()).toEqual({ fault: 'rewritten', first: sixth('ticket-a', 2) });
  await behindTheTriggers(world, 'delete from dispatch_log.events where position = 6');
  expect(await check()).toMatchObject({ fault: 'rewritten', first: { index: 5, position: '7' } });
  await behindTheTriggers(
    world,
    `insert into dispatch_log.events select 6, 'ticket-z', 0, '${happening({}).id}', type, schema_version, data, metadata,
       prev_hash, hash, recorded_at, octets from dispatch_log.events where position = 1`,
  );
  expect(await check()).toMatchObject({ fault: 'rewritten', first: sixth('ticket-z', 0) });
});

test('where the tree was made again to fit, the fault is found, and no place is made up', async () => {
  await rewriteStream(world, 'ticket-b', () => ({ n: 'another' }));
  await behindTheTriggers(world, "update dispatch_proof.leaves set hash = sha256('') where index = 3");
  expect(await check()).toEqual({ fault: 'rewritten', first: undefined });
});
