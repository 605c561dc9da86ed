import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrateReadModels } from '@dispatch/projection';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../../../../test/postgres/database.js';
import { KeyFault, type KeyStore } from '../keys.js';
import { memoryKeys } from '../memory-keys.js';
import { migratePrivacy } from './migrate.js';
import { openPostgresKeys, type PostgresKeys } from './postgres-keys.js';

let database: TestDatabase;
let keys: PostgresKeys;
beforeAll(async () => {
  database = await createDatabase();
  await migrateReadModels({ url: database.ownerUrl });
  await migratePrivacy({ url: database.ownerUrl });
  await asOwner(`grant dispatch_app to ${database.role}`);
  keys = openPostgresKeys({ url: database.url });
});
afterAll(async () => {
  await keys.close();
  await database.drop();
});

async function asked(url: string, text: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return JSON.stringify((await client.query(text)).rows);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}
const asOwner = (text: string) => asked(database.ownerUrl, text);
const asService = (text: string) => asked(database.url, text);
const name = () => randomBytes(32);
const someone = () => ({ name: name(), subject: randomUUID(), wrapped: randomBytes(60) });

/** One life, whichever store it is: what both must answer. */
async function life(store: KeyStore): Promise<unknown[]> {
  const [ann, bo, phone] = [someone(), someone(), name()];
  const told: unknown[] = [await store.begin({ mark: 'm', naming: Buffer.from('n') })];
  told.push(await store.begin({ mark: 'other', naming: Buffer.from('o') }), await store.master());
  told.push(await store.make([ann], 'other').catch((error: unknown) => error instanceof KeyFault));
  const again = ({ name }: { name: Buffer }) => ({ ...someone(), name });
  const made = await Promise.all([store.make([bo, ann], 'm'), store.make([again(ann), again(bo)], 'm')]);
  const [[one, two] = [], [three, four] = []] = made.map((kept) => kept.map(({ subject }) => subject));
  told.push(one === four, two === three, await store.count());
  const found = await store.find([
    { name: ann.name, also: [phone] },
    { name: name(), also: [phone] },
  ]);
  told.push(found[0]?.subject === two, found[1]);
  const met = async (by: Buffer) => (await store.metWith(by)).map(({ subject, first }) => [subject === two, first]);
  told.push(await met(ann.name), await met(phone), await met(name()));
  told.push([...(await store.get([String(two), randomUUID()])).keys()].length);
  told.push(
    await store.erase(String(two), 'x'),
    await store.erase(String(two), 'y'),
    await store.erase(randomUUID(), 'x'),
  );
  told.push((await store.get([String(two)])).get(String(two)), await met(ann.name), await met(phone));
  told.push((await store.erasures()).map(({ by, recorded }) => [by, recorded]));
  await store.recorded(String(two));
  await store.giveUp({ subject: String(two), by: 'z', at: '2026-01-01T00:00:00.000Z' });
  told.push(
    (await store.erasures()).map(({ by, recorded }) => [by, recorded]),
    await store.count(),
  );
  await store.giveUp({ subject: String(one), by: 'z', at: '2026-01-01T00:00:00.000Z' });
  told.push((await store.get([String(one)])).get(String(one)), await store.count());
  return told;
}

test('the keys of a life, in Postgres as in memory', async () => {
  const inMemory = await life(memoryKeys());
  expect(inMemory.slice(-2)).toEqual(['erased', 0]);
  expect(await life(keys)).toEqual(inMemory);
});

test('the service can neither take back an erasure nor destroy a key without one', async () => {
  for (const text of [
    'delete from dispatch_privacy.keys',
    "update dispatch_privacy.keys set wrapped = ''",
    'delete from dispatch_privacy.erasures',
    "update dispatch_privacy.erasures set erased_by = 'nobody'",
    'truncate dispatch_privacy.names cascade',
    "insert into dispatch_privacy.keys values (gen_random_uuid(), '')",
  ])
    expect(await asService(`set role dispatch_app; ${text}`)).toMatch(/permission denied/);
  expect(await asOwner('delete from dispatch_privacy.erasures')).toMatch(/keeps what was erased/);
});

test('all keys go under another master key, or none where one was made meanwhile', async () => {
  const [ann, bo] = [someone(), someone()];
  await keys.make([ann, bo], 'm');
  const after = { mark: 'm2', naming: Buffer.from('n2') };
  const rewrapped = [ann, bo].map(({ subject }) => ({ subject, wrapped: Buffer.from('new') }));
  await expect(keys.rewrap('m', after, rewrapped.slice(1))).rejects.toThrow('a key was made meanwhile');
  await expect(keys.rewrap('other', after, rewrapped)).rejects.toThrow(KeyFault);
  expect((await keys.get([ann.subject])).get(ann.subject)).toEqual(ann.wrapped);
  await keys.rewrap('m', after, rewrapped);
  expect(await keys.master()).toEqual(after);
  expect((await keys.get([ann.subject])).get(ann.subject)).toEqual(Buffer.from('new'));
  await expect(keys.make([someone()], 'm')).rejects.toThrow(KeyFault);
});

test('rewritten tables hold nothing of a key that was destroyed', async () => {
  const ann = someone();
  await keys.make([ann], 'm2');
  const file = async () => {
    await asOwner('checkpoint');
    const bytes = `pg_read_binary_file(pg_relation_filepath('dispatch_privacy.keys'))`;
    return asOwner(`select position('\\x${ann.wrapped.toString('hex')}'::bytea in ${bytes}) > 0 as there`);
  };
  expect(await file()).toContain('true');
  const reader = new Client({ connectionString: database.ownerUrl });
  await reader.connect();
  await reader.query('begin isolation level repeatable read; select count(*) from dispatch_privacy.erasures');
  await keys.erase(ann.subject, 'x');
  expect(await keys.sweep()).toBe('an older transaction in the database may still see what was deleted');
  await reader.end();
  expect(await keys.sweep()).toBeUndefined();
  expect(await file()).toContain('false');
});
