import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, at, startApi } from '../support/api.js';

let api: Api;
/** Ends the rebuild that runs. */
let finish: () => void = () => undefined;
const asked: (readonly [name: string, by: string])[] = [];
beforeAll(async () => {
  api = await startApi({
    ops: { NODE_ENV: 'production', DISPATCH_OPS_TOKEN: 'a-token-of-operators-that-is-long-enough' },
    rebuild: (name, by) => {
      asked.push([name, by]);
      return new Promise((resolve) => (finish = resolve));
    },
  });
});
afterAll(() => api.close());

const get = (path: string, as?: string) => api.call({ method: 'GET', path, as });
const rebuild = (name: string, as: string) =>
  api.call({ method: 'POST', path: `/ops/projections/${name}/rebuild`, as, key: null });

test('operators see how far every read model is', async () => {
  const { status, json } = await get('/ops/projections', 'auditor');
  expect(status).toBe(200);
  const rows = at(json, 'projections');
  expect(Array.isArray(rows) && rows.map((row) => [at(row, 'name'), at(row, 'state'), at(row, 'rebuild')])).toEqual(
    ['directory', 'tickets', 'cockpit_queue', 'job_packet', 'operations'].map((name) => [name, 'live', null]),
  );
  expect((await get('/ops/projections', 'dispatcher')).status).toBe(403);
  expect((await get('/ops/rejections', 'dispatcher')).status).toBe(403);
});

test('what was refused is there, newest first, and nothing of what was sent', async () => {
  await api.run('ticket.create', { body: { summary: 'a secret' } });
  const path = '/tickets/6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0aff';
  await get(path, 'qa');
  const { json, text } = await get('/ops/rejections?limit=2', 'admin');
  expect(at(json, 'rejections')).toEqual([
    {
      at: expect.any(String),
      code: 'TICKET_NOT_FOUND',
      method: 'GET',
      endpoint: '/tickets/{id}',
      status: 404,
      actor_role: 'qa',
      tool_name: 'ticket.get',
      ticket_id: '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0aff',
    },
    expect.objectContaining({ code: 'INVALID_REQUEST', endpoint: '/tickets', ticket_id: null }),
  ]);
  expect(text).not.toContain('secret');
  expect((await get('/ops/rejections?limit=501', 'admin')).status).toBe(400);
});

test('an admin has a read model made anew, one at a time, and nobody else does', async () => {
  for (const role of ['auditor', 'dispatcher']) expect((await rebuild('tickets', role)).status).toBe(403);
  expect((await rebuild('no_such', 'admin')).status).toBe(404);
  expect(asked).toEqual([]);
  expect((await rebuild('tickets', 'admin')).json).toEqual({ name: 'tickets', state: 'starting' });
  expect(asked).toEqual([['tickets', 'admin-1']]);
  expect(at((await rebuild('tickets', 'admin')).json, 'error.code')).toBe('REBUILD_RUNNING');
  finish();
  const again = async () => {
    let reply = await rebuild('tickets', 'admin');
    while (reply.status === 409) reply = await rebuild('tickets', 'admin');
    return reply.status;
  };
  expect(await again()).toBe(202);
  finish();
});
