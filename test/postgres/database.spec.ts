import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from './database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('its role gets in, and may do nothing that was not granted', async () => {
  const client = await connect(database.url);
  const { rows } = await client.query('SELECT current_user AS role, current_database() AS database');
  expect(rows).toEqual([{ role: database.role, database: database.role }]);
  await expect(client.query('CREATE TABLE t ()')).rejects.toMatchObject({ code: '42501' });
  await client.end();
});

test('it goes although somebody is connected, with its role', async () => {
  const owner = await connect(database.ownerUrl);
  await owner.query(`CREATE TABLE t (); GRANT ALL ON t TO ${database.role}`);
  await database.drop();
  await expect(connect(database.ownerUrl)).rejects.toMatchObject({ code: '3D000' });
  await expect(connect(database.url)).rejects.toMatchObject({ code: '28P01' });
});
