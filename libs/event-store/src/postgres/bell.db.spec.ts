import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addressOf, openWay, over } from '../../../../test/support/way.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { type Bell, openBell } from './bell.js';
import { connectionTo } from './connection.js';
import { migrateLog } from './migrate.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrateLog(database);
});
afterAll(() => database.drop());

/** Rings at the other end of the line until it is heard, or the test's own time is over. */
async function heard(bell: Bell): Promise<void> {
  const before = bell.rung();
  while (bell.rung() === before) {
    await database.query("select pg_notify('dispatch_log', '1')");
    await bell.next(before, 50, new AbortController().signal);
  }
}

test('a connection that the network has forgotten is noticed, and the bell rings again', async () => {
  const way = await openWay(addressOf(database.url));
  const bell = openBell(connectionTo(over(way, database.url), 500), 50);
  try {
    await heard(bell);
    way.silence();
    way.forget();
    await expect(heard(bell)).resolves.toBeUndefined();
  } finally {
    await bell.close();
    await way.close();
  }
});
