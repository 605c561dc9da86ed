import { expect, test } from '@jest/globals';
import { openStore } from './store.js';

const POSTGRES = 'postgresql://127.0.0.1:1/dispatch';

test.each([
  ['the database', undefined, /^(?!.*EventStoreDB)/],
  ['the cluster that is named', 'esdb://127.0.0.1:1?tls=false', /^EventStoreDB cannot be used now: .*ECONNREFUSED/],
])('the log is in %s', async (_, eventStoreUrl, told) => {
  const store = openStore({ eventStoreUrl }, POSTGRES);
  await expect(store.head()).rejects.toMatchObject({ name: 'LogUnavailable', message: expect.stringMatching(told) });
  await store.close();
});
