import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type Api, at, type Reply, startApi } from '../support/api.js';
import { expectError } from './error-body.js';

let api: Api;
let owner: Client;
beforeAll(async () => {
  api = await startApi();
  owner = new Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await api.close();
});

const now = expect.stringMatching(/^\d{4}-.*Z$/);
const ready = (of = api) => of.call({ method: 'GET', path: '/ready', as: {} });
/** An answer is given for a while after what it tells of has changed. */
async function readyOnce(holds: (reply: Reply) => boolean): Promise<Reply> {
  for (;;) {
    const reply = await ready();
    if (holds(reply)) return reply;
  }
}
const notReady = (reason: string) => ({
  error: { code: 'SERVICE_UNAVAILABLE', message: expect.any(String), request_id: null, reason },
});

test('with every read model live strangers are told that it is ready', async () => {
  const reply = await ready();
  expect([reply.status, reply.json]).toEqual([200, { status: 'ready', service: 'dispatch-api', now, parked_keys: 0 }]);
});

test('a key that is parked is counted, and holds nobody up', async () => {
  await owner.query(
    `insert into dispatch_read.parked (table_name, key, position, revision, error, next_retry_at)
     select table_name, 'ticket-1', '1', 0, 'of a kind', 'infinity' from dispatch_read.projections where name = 'tickets'`,
  );
  const reply = await readyOnce(({ json }) => at(json, 'parked_keys') === 1);
  expect(reply.status).toBe(200);
  expect(reply.text).not.toContain('of a kind');
});

test('a projection that stopped itself makes it unready, until it goes on; commands are served all the same', async () => {
  await owner.query(
    "update dispatch_read.projections set stopped = '11 keys, the first ticket-1' where name = 'tickets'",
  );
  expectError(await readyOnce(({ status }) => status === 503), 503, notReady('a projection has stopped'));
  const path = '/accounts/6f1c1a0e-0000-4000-8000-0000000000aa';
  expect((await api.call({ method: 'PUT', path, body: { name: 'Harbour Books' } })).status).toBe(201);
  await api.models.resume('tickets', 'ann');
  await readyOnce(({ status }) => status === 200);
});

test('read models that nobody has made yet make it unready', async () => {
  const alone = await startApi({ projections: false });
  expectError(await ready(alone), 503, notReady('a read model is still being built'));
  await alone.close();
});
