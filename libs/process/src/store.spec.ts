import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { openStore } from './store.js';

const POSTGRES = 'postgresql://127.0.0.1:1/dispatch';

test.each([
  ['the database', undefined, /^(?!.*EventStoreDB)/],
  ['the cluster that is named', 'esdb://127.0.0.1:1?tls=false', /^EventStoreDB cannot be used now: .*ECONNREFUSED/],
])('the log is in %s', async (_, eventStoreUrl, told) => {
  const store = await openStore({ eventStoreUrl, logTimeoutMs: 5_000 }, POSTGRES);
  await expect(store.head()).rejects.toMatchObject({ name: 'LogUnavailable', message: expect.stringMatching(told) });
  await store.close();
});

test.each(['Postgres', 'EventStoreDB'])(
  'a log in %s that does not answer is given up after the time that is set',
  async (kind) => {
    const accepted: Socket[] = [];
    const deaf = createServer((socket) => accepted.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const address = `127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const eventStoreUrl = kind === 'Postgres' ? undefined : `esdb://${address}?tls=false`;
    const store = await openStore({ eventStoreUrl, logTimeoutMs: 100 }, `postgresql://${address}/dispatch`);
    const begun = performance.now();
    await expect(store.head()).rejects.toMatchObject({ name: 'LogUnavailable' });
    expect(performance.now() - begun).toBeLessThan(3_000);
    deaf.close();
    for (const socket of accepted) socket.destroy();
    await store.close();
  },
);
