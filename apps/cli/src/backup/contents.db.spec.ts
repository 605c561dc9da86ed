import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keptActs, rebuild, restoreActs } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { collect } from '../../../../libs/event-store/src/testing/events.js';
import { known } from '../../../../libs/ticket/src/testing/values.js';
import { createWorld, type World } from '../../../../libs/projection/src/testing/world.js';
import { run } from '../program.js';
import { IN_A_BACKUP, NOT_IN_A_BACKUP } from './contents.js';
import { readManifest } from './manifest.js';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), 'dispatch-contents-'));
});
afterAll(async () => {
  await world.release();
  await rm(folder, { recursive: true });
});

const silent = { line: () => undefined, note: () => undefined, progress: () => undefined };

test('every table of the database is in a backup, or it is said why not', async () => {
  for (const model of READ_MODELS) await rebuild(model, { ...world, by: 'test' });
  const tables = await world.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname like 'dispatch%'
       and tablename not in (select table_name from dispatch_read.projections) order by 1`,
  );
  const decided = [...Object.values(IN_A_BACKUP), ...Object.keys(NOT_IN_A_BACKUP)];
  expect(decided).toEqual(expect.arrayContaining(tables.map(({ name }) => name)));
});

test('an empty log is no backup', async () => {
  const notes: string[] = [];
  const printer = { ...silent, note: (text: string) => notes.push(text) };
  const { signal } = new AbortController();
  const env = { DISPATCH_DATABASE_URL: world.url };
  expect(await run(['backup', '--out', join(folder, 'none')], { env, printer, signal })).toBe(1);
  expect(notes).toEqual(['error: the log is empty: there is nothing to back up']);
});

test("operators' acts come along, to the microsecond, and new ones stand after them", async () => {
  await world.query(`
    insert into dispatch_read.acts (act, by, name, version, key, revision, detail)
    select 'skip', 'ann', 'tickets', 1, 'ticket-' || n, n, null from generate_series(1, 1200) n`);
  const acts = await collect(keptActs(world.url));
  expect(acts).toHaveLength(1200 + READ_MODELS.length);
  const other = await createWorld();
  await restoreActs(
    other.url,
    (async function* () {
      yield* acts;
    })(),
  );
  const restored = await collect(keptActs(other.url));
  await rebuild(known(READ_MODELS[0]), { ...other, by: 'test' });
  const next = (await collect(keptActs(other.url))).at(-1);
  await other.release();
  expect(restored).toEqual(acts);
  expect(Number(next?.id)).toBe(Number(acts.at(-1)?.id) + 1);
});

test('the backup of another Postgres has both', async () => {
  const env = { DISPATCH_DATABASE_URL: world.url };
  const { signal } = new AbortController();
  expect(await run(['seed', '--tickets', '3'], { env, printer: silent, signal })).toBe(0);
  expect(await run(['backup', '--out', join(folder, 'both')], { env, printer: silent, signal })).toBe(0);
  const manifest = await readManifest(join(folder, 'both'));
  expect(manifest.log.head).toBe(await world.store.head());
  expect(manifest.files.map(({ kind, lines }) => [kind, lines])).toEqual([
    ['acts', 1200 + READ_MODELS.length],
    ['log', manifest.log.events],
  ]);
});
