import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LogUnavailable } from '@dispatch/event-store';
import { actor, type Api, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { body, expectError, KEY } from './error-body.js';
import { UUID } from './life.js';

let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const STRANGER = '6f1c1a0e-0000-4000-8000-00000000000b';

const fields = (...names: readonly string[]) => ({
  fields: names.map((field) => ({ field, message: expect.stringContaining(field) })),
});

describe('who is asking', () => {
  const get = (as: object, headers: object = {}) =>
    api.run('ticket.get', { id: STRANGER, as: { ...as }, headers: { ...headers } });

  test.each([
    ['MISSING_ACTOR_CONTEXT', {}, { header: 'X-Actor-Id' }],
    ['MISSING_ACTOR_CONTEXT', { 'x-actor-id': 'dana' }, { header: 'X-Actor-Role' }],
    ['INVALID_ACTOR_CONTEXT', actor('agent', { 'x-actor-type': 'ROBOT' }), { header: 'X-Actor-Type' }],
    ['INVALID_ACTOR_CONTEXT', actor('agent', { 'x-account-scope': '*,x' }), { header: 'X-Account-Scope' }],
    ['INVALID_ACTOR_CONTEXT', actor('agent', { 'x-site-scope': '' }), { header: 'X-Site-Scope' }],
    ['INVALID_ACTOR_CONTEXT', actor('tech', { 'x-technician-id': 'mo' }), { header: 'X-Technician-Id' }],
  ])('%s', async (code, as, details) => {
    expectError(await get(as), 400, body(code, details, null));
  });

  test('INVALID_AUTH_TOKEN, also where development headers would do', async () => {
    expectError(await get(actor('agent'), { authorization: 'Bearer x' }), 401, body('INVALID_AUTH_TOKEN', {}, null));
  });

  test('FORBIDDEN', async () => {
    const details = { endpoint: 'POST /tickets/{id}/triage', policy_error: { dimension: 'role', code: 'FORBIDDEN' } };
    const reply = await tickets.give('ticket.triage', { id: STRANGER, as: 'auditor', key: KEY });
    expectError(reply, 403, body('FORBIDDEN', details));
  });

  test('TOOL_NOT_ALLOWED', async () => {
    const headers = { 'x-tool-name': 'ticket.cancel' };
    const details = {
      endpoint: 'POST /tickets/{id}/triage',
      tool_name: 'ticket.cancel',
      policy_error: { dimension: 'tool', code: 'TOOL_NOT_ALLOWED' },
    };
    const reply = await tickets.give('ticket.triage', { id: STRANGER, key: KEY, headers });
    expectError(reply, 403, body('TOOL_NOT_ALLOWED', details));
  });
});

describe('what is asked', () => {
  const triage = (parts: object) => tickets.give('ticket.triage', { id: STRANGER, key: KEY, ...parts });

  test.each([
    ['MISSING_IDEMPOTENCY_KEY', { key: null }, null],
    ['MISSING_IDEMPOTENCY_KEY', { key: ' ' }, null],
    ['INVALID_IDEMPOTENCY_KEY', { key: '7' }, null],
    ['INVALID_JSON', { body: '{"a":}' }, KEY],
    ['INVALID_JSON', { body: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }, KEY],
  ])('%s', async (code, parts, requestId) => {
    expectError(await triage(parts), 400, body(code, {}, requestId));
  });

  test('INVALID_TICKET_ID, INVALID_REQUEST and INVALID_QUERY name what is wrong', async () => {
    expectError(await triage({ id: 'x' }), 400, body('INVALID_TICKET_ID', fields('id')));
    const evidence = await tickets.give('closeout.withdraw_evidence', { id: STRANGER, evidenceId: 'x', key: KEY });
    expectError(evidence, 400, body('INVALID_REQUEST', fields('evidenceId')));
    const wrong = { priority: 'LATER', nte_cents: 0.5, extra: 1 };
    expectError(await triage({ body: wrong }), 400, {
      error: {
        ...body('INVALID_REQUEST').error,
        fields: expect.arrayContaining(fields('priority', 'nte_cents', 'extra', 'incident_type').fields),
      },
    });
    for (const [query, name] of [
      ['limit=0', 'limit'],
      ['cursor=x', 'cursor'],
      ['page=2', 'page'],
    ] as const)
      expectError(
        await api.run('ticket.timeline', { id: STRANGER, query }),
        400,
        body('INVALID_QUERY', fields(name), null),
      );
  });

  test('INVALID_REQUEST for trace headers that a log could not show', async () => {
    const reply = await triage({ headers: { 'x-correlation-id': 'two words' } });
    expectError(reply, 400, body('INVALID_REQUEST', fields('x-correlation-id')));
  });

  test.each([2 ** 20 + 1, 2 * 2 ** 20, 10 * 2 ** 20])('PAYLOAD_TOO_LARGE with %i bytes', async (size) => {
    expectError(await triage({ body: Buffer.alloc(size, 0x20) }), 413, body('PAYLOAD_TOO_LARGE'));
  });

  test('a body of just 1 MiB is read', async () => {
    const reply = await triage({ body: Buffer.alloc(2 ** 20, 0x20) });
    expectError(reply, 400, body('INVALID_JSON'));
  });

  test('NOT_FOUND, and METHOD_NOT_ALLOWED with the methods that there are', async () => {
    for (const path of ['/', '/ticket', `/tickets/${STRANGER}/`, `/tickets/${STRANGER}/triage/now`, '//tickets'])
      expectError(await api.call({ path, key: KEY }), 404, body('NOT_FOUND'));
    for (const [method, path, allow] of [
      ['DELETE', `/tickets/${STRANGER}`, 'GET, HEAD'],
      ['GET', `/tickets/${STRANGER}/triage?a=1`, 'POST'],
      ['PUT', `/tickets/${STRANGER}/evidence`, 'GET, HEAD, POST'],
      ['PATCH', `/sites/${STRANGER}`, 'GET, HEAD, PUT'],
      ['POST', '/health', 'GET, HEAD'],
    ] as const) {
      const reply = await api.call({ method, path, key: KEY });
      expectError(reply, 405, body('METHOD_NOT_ALLOWED'));
      expect(reply.headers.allow).toBe(allow);
    }
  });
});

test('trouble on our side tells a reference or when to try again, and nothing of what went wrong', async () => {
  const trouble: Record<string, Error> = {
    down: new LogUnavailable('connection to 10.0.0.7:5432 refused'),
    bug: new Error('select secret from users'),
  };
  const broken = await startApi({
    database: api.database,
    runTool: ({ key }) => Promise.reject(trouble[key === KEY ? 'down' : 'bug'] ?? new Error('unreachable')),
  });
  try {
    const ask = { id: STRANGER, body: {} };
    const down = await broken.run('ticket.triage', { ...ask, key: KEY });
    expectError(down, 503, body('SERVICE_UNAVAILABLE'));
    expect(down.headers['retry-after']).toBe('1');
    const bug = await broken.run('ticket.triage', { ...ask, key: STRANGER });
    expectError(bug, 500, body('INTERNAL_ERROR', { reference: expect.stringMatching(UUID) }, STRANGER));
    expect(down.text + bug.text).not.toMatch(/10\.0\.0\.7|secret|\.ts/);
  } finally {
    await broken.close();
  }
});
