import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../../test/postgres/database.js';
import { bringUpToDate } from './database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

const byOwner = () => bringUpToDate({ url: database.url, migrationUrl: database.ownerUrl });
const byService = () => bringUpToDate({ url: database.url, migrationUrl: database.url });
const ownerRuns = async (statement: string) => {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
};

test("once the owner has migrated, the service's login does to start with", async () => {
  await expect(byService()).rejects.toThrow('DISPATCH_DATABASE_MIGRATION_URL is needed');
  expect(await byOwner()).toBe(4);
  await ownerRuns(`grant dispatch_app to ${database.role}`);
  expect(await byService()).toBe(0);
  expect(await byOwner()).toBe(0);
});

test('with a migration left the owner is needed again, and what a newer release has run is left alone', async () => {
  await byOwner();
  await ownerRuns(`grant dispatch_app to ${database.role};
    insert into dispatch_migrations.proof (name, run_on) values ('9999_newer', now())`);
  expect(await byService()).toBe(0);
  await ownerRuns("delete from dispatch_migrations.proof where name like '0001%'");
  await expect(byService()).rejects.toThrow('DISPATCH_DATABASE_MIGRATION_URL is needed');
});
