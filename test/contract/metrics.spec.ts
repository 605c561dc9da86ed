import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import parsePrometheus from 'parse-prometheus-text-format';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Api, type Ask, at, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { body, expectError } from './error-body.js';

let now = Date.parse('2026-03-01T08:00:00.000Z');
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi({
    clock: () => now,
    ops: { DISPATCH_ALERT_COMPLETION_REJECTION_COUNT: '2', DISPATCH_ALERT_STUCK_SCHEDULING_MINUTES: '60' },
  });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const get = (path: string, ask: Partial<Ask> = {}, of = api) => of.call({ method: 'GET', path, as: {}, ...ask });
const snapshot = async (of = api) => (await get('/metrics', {}, of)).json;
const scrape = async (format = 'text/plain', of = api) => get('/metrics', { headers: { accept: format } }, of);
const counted = (json: unknown, list: string, match: object) => {
  const rows = at(json, `counters.${list}`);
  const found = Array.isArray(rows) ? rows.find((row) => Object.entries(match).every(([k, v]) => row[k] === v)) : {};
  return found?.count ?? 0;
};

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);

test('JSON: what was answered, refused and repeated, and how tickets went', async () => {
  const before = await snapshot();
  const id = await tickets.ticketIn('SCHEDULE_PROPOSED');
  const key = randomUUID();
  const reason = { reason: 'the customer called it off' };
  for (let n = 0; n < 3; n += 1) await tickets.give('ticket.cancel', { id, key, body: reason });
  await tickets.give('ticket.cancel', { id, key, body: { reason: 'another reason altogether' } });
  await get('/no/such/route');
  await get('/nor/this/one');
  await tickets.give('ticket.triage', { id });
  await tickets.give('ticket.triage', { id, as: 'customer' });
  const after = await snapshot();

  expect(after).toMatchObject({ service: 'dispatch-api', generated_at: time });
  const grown = (list: string, match: object) => counted(after, list, match) - counted(before, list, match);
  const cancel = { method: 'POST', endpoint: '/tickets/{id}/cancel' };
  expect(grown('requests_total', { ...cancel, status: 200 })).toBe(3);
  expect(grown('requests_total', { ...cancel, status: 409 })).toBe(1);
  expect(grown('requests_total', { method: 'GET', endpoint: 'UNMATCHED', status: 404 })).toBe(2);
  expect(grown('errors_total', { code: 'INVALID_STATE_TRANSITION' })).toBe(1);
  expect(grown('errors_total', { code: 'FORBIDDEN' })).toBe(1);
  expect(grown('transitions_total', { from_state: null, to_state: 'NEW' })).toBe(1);
  expect(grown('transitions_total', { from_state: 'SCHEDULE_PROPOSED', to_state: 'CANCELLED' })).toBe(1);
  expect(at(after, 'counters.idempotency_replay_total')).toBe(2);
  expect(at(after, 'counters.idempotency_conflict_total')).toBe(1);

  const requests = at(after, 'counters.requests_total');
  const names = Array.isArray(requests) ? requests.map((r) => `${r.method} ${r.endpoint} ${r.status}`) : [];
  expect(names).toEqual([...new Set(names)].sort());
  expect(names.join()).not.toContain(id);
});

test('transitions come from the log: another process that has just started tells the same', async () => {
  const before = at(await snapshot(), 'counters.transitions_total');
  const restarted = await startApi({ database: api.database, projections: false });
  const after = await snapshot(restarted);
  expect(at(after, 'counters.transitions_total')).toEqual(before);
  expect(at(after, 'counters.requests_total')).toEqual([]);
  await restarted.close();
});

test('Prometheus text, as a parser of others reads it', async () => {
  const id = await tickets.ticketIn('TRIAGED');
  const reply = await scrape();
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const families = new Map(parsePrometheus(reply.text).map((family) => [family.name, family]));
  expect(families.get('dispatch_tickets')).toMatchObject({ type: 'GAUGE', help: expect.stringContaining('state') });
  expect(families.get('dispatch_commands_total')).toMatchObject({
    type: 'COUNTER',
    metrics: expect.arrayContaining([
      { value: expect.any(String), labels: { tool: 'ticket.create', outcome: 'accepted' } },
      { value: expect.any(String), labels: { tool: 'ticket.cancel', outcome: 'replayed' } },
    ]),
  });
  expect(families.get('dispatch_http_request_duration_seconds')?.type).toBe('HISTOGRAM');
  for (const up of ['dispatch_log_up', 'dispatch_read_models_up'])
    expect([up, families.get(up)?.metrics]).toEqual([up, [{ value: '1' }]]);
  for (const name of [
    'dispatch_append_duration_seconds',
    'dispatch_ticket_cache_hits_total',
    'dispatch_pool_connections',
  ])
    expect([name, families.has(name)]).toEqual([name, true]);
  expect(reply.text).not.toContain(id);
});

test('OpenMetrics where it is asked for: families of counters lose their ending, and the text has an end', async () => {
  const { headers, text } = await scrape('application/openmetrics-text; version=1.0.0');
  expect(headers['content-type']).toContain('application/openmetrics-text');
  expect(text).toContain('# TYPE dispatch_http_requests counter\n');
  expect(text).toMatch(/^dispatch_http_requests_total\{.*\} \d+$/m);
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});

test('alerts: signals against thresholds, raised when there is reason to, and gone when there is none', async () => {
  const quiet = await get('/ops/alerts');
  expect([quiet.status, quiet.json]).toEqual([
    200,
    {
      service: 'dispatch-api',
      generated_at: time,
      thresholds: expect.objectContaining({ window_minutes: 15, completion_rejection_count: 2 }),
      signals: {
        stuck_scheduling_count: 0,
        completion_rejection_count: 0,
        idempotency_conflict_count: 1,
        auth_policy_rejection_count: 1,
        projection_lag_positions: expect.any(Number),
      },
      alerts: [],
      runbooks: expect.objectContaining({ STUCK_SCHEDULING: 'docs/runbooks/stuck-scheduling.md' }),
    },
  ]);
  const id = await tickets.ticketIn('READY_TO_SCHEDULE');
  const unready = await tickets.ticketIn('IN_PROGRESS');
  for (let n = 0; n < 2; n += 1) await tickets.give('tech.complete', { id: unready });
  now += 61 * 60_000;
  expect(at((await get('/ops/alerts')).json, 'alerts')).toEqual([
    {
      code: 'STUCK_SCHEDULING',
      severity: 'warning',
      count: 1,
      threshold: 1,
      stale_minutes: 60,
      runbook: 'docs/runbooks/stuck-scheduling.md',
    },
    {
      code: 'COMPLETION_REJECTION_SPIKE',
      severity: 'warning',
      count: 2,
      threshold: 2,
      runbook: 'docs/runbooks/completion-rejected.md',
    },
  ]);
  await tickets.give('schedule.propose', { id });
  expect(at((await get('/ops/alerts')).json, 'signals.stuck_scheduling_count')).toBe(0);
  now -= 61 * 60_000;
});

describe('in production', () => {
  const SECRET = 'a secret of this test, long enough for production';
  const TOKEN = 'operators-only-0123456789-0123456789';
  let guarded: Api;
  beforeAll(async () => {
    guarded = await startApi({
      database: api.database,
      projections: false,
      access: { secret: SECRET, allowDevHeaders: false, requireTechnicianId: false },
      ops: { NODE_ENV: 'production', DISPATCH_OPS_TOKEN: TOKEN },
    });
  });
  afterAll(() => guarded.close());

  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const tokenOf = (role: string) => mintToken({ sub: 'ann', role, account_ids: '*' }, SECRET);

  test.each(['/metrics', '/ops/alerts'])('%s is for operators', async (path) => {
    expect((await get(path, bearer(TOKEN), guarded)).status).toBe(200);
    for (const role of ['admin', 'auditor'])
      expect((await get(path, bearer(await tokenOf(role)), guarded)).status).toBe(200);

    expectError(await get(path, {}, guarded), 401, body('AUTH_REQUIRED', {}, null));
    const headers = { 'x-actor-id': 'ann', 'x-actor-role': 'admin' };
    expectError(await get(path, { headers }, guarded), 401, body('AUTH_REQUIRED', {}, null));
    for (const wrong of [`${TOKEN}x`, TOKEN.slice(1), 'x'])
      expectError(await get(path, bearer(wrong), guarded), 401, body('INVALID_AUTH_TOKEN', {}, null));
    const details = { policy_error: { dimension: 'role', code: 'FORBIDDEN' } };
    expectError(await get(path, bearer(await tokenOf('dispatcher')), guarded), 403, body('FORBIDDEN', details, null));
  });

  test('without a token of theirs it is closed to all but the roles', async () => {
    const closed = await startApi({
      database: api.database,
      projections: false,
      access: { secret: SECRET, allowDevHeaders: false, requireTechnicianId: false },
      ops: { NODE_ENV: 'production' },
    });
    expect((await get('/metrics', bearer('undefined'), closed)).status).toBe(401);
    expect((await get('/metrics', bearer(await tokenOf('auditor')), closed)).status).toBe(200);
    await closed.close();
  });

  test('health and readiness are open to strangers', async () => {
    for (const path of ['/health', '/ready']) expect((await get(path, {}, guarded)).status).toBe(200);
  });
});
