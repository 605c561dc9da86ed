import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actor, type Api, at, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const HOUR = 3_600_000;

let time = Date.UTC(2026, 2, 1, 8);
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi({ clock: () => time, ops: { DISPATCH_ALERT_AUTH_POLICY_COUNT: '3' } });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const get = (path: string, role = 'dispatcher') => api.call({ method: 'GET', path, headers: actor(role) });

test('a clock that is set back: no time in a stream decreases, deadlines stand, alerts are not forgotten', async () => {
  const id = await tickets.ticketIn('READY_TO_SCHEDULE');
  for (let n = 0; n < 3; n += 1) await tickets.give('ticket.cancel', { id, as: 'agent' });
  const raised = at((await get('/ops/alerts', 'admin')).json, 'alerts.0.code');
  const deadline = async () =>
    at((await get(`/ux/dispatcher/cockpit?ticket_id=${id}`)).json, 'queue.0.sla_deadline_at');
  const before = await deadline();
  expect(before).toBe(new Date(time + HOUR).toISOString());

  time -= 2 * HOUR;
  for (const tool of ['schedule.propose', 'schedule.reschedule', 'ticket.cancel'] as const) {
    if (tool === 'ticket.cancel') expect(await deadline()).toBeDefined();
    await tickets.give(tool, { id });
  }
  time += 2 * HOUR + 1;
  await tickets.give('closeout.add_evidence', { id });

  const { json } = await get(`/tickets/${id}/timeline`);
  const events = at(json, 'events') as { created_at: string }[];
  const times = events.map(({ created_at }) => created_at);
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(times).toEqual([...times].sort());
  expect(raised).toBe('AUTH_POLICY_FAILURE_SPIKE');
  expect(at((await get('/ops/alerts', 'admin')).json, 'alerts.0.code')).toBe(raised);
  expect((await get('/ready')).status).toBe(200);
});
