import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { type Api, at, send, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { ACCESS, call, connect, type RunningBridge, SECRET, startBridge, tokenFor, verdict } from './bridge.js';
import { mintToken } from '../../libs/access/src/testing/mint.js';

let api: Api;
let bridge: RunningBridge;
let tickets: Tickets;
let dispatcher: Client;
let tech: Client;

beforeAll(async () => {
  api = await startApi({ access: ACCESS });
  [tickets, bridge] = await Promise.all([groundOf(api), startBridge(api.url, { DISPATCH_TOOLS_SESSIONS: '12' })]);
  dispatcher = await connect(bridge.url, await tokenFor({ role: 'dispatcher' }));
  tech = await connect(bridge.url, await tokenFor({ role: 'tech' }), 'legacy');
});
afterAll(async () => {
  await Promise.all([dispatcher.close(), tech.close()]);
  await bridge.close();
  await api.close();
});

/** Where the log ends: what is refused adds nothing. */
const logged = () => api.store.head();

const requestsLogged = () => bridge.lines.filter(({ msg }) => msg === 'request').length;

describe('what is wrong with a call is told, and nothing changes', () => {
  const ticket = { account_id: '', site_id: '', summary: 'Door' };
  beforeAll(() => void Object.assign(ticket, { account_id: tickets.accountId, site_id: tickets.siteId }));

  test.each<[what: string, tool: string, args: object, code: string, error: object]>([
    ['no ticket id', 'ticket.get', {}, 'INVALID_TICKET_ID', {}],
    ['an id that is none', 'ticket.triage', { ticket_id: '../tickets' }, 'INVALID_TICKET_ID', {}],
    [
      'nothing of what is needed',
      'ticket.create',
      {},
      'INVALID_REQUEST',
      { fields: expect.arrayContaining([{ field: 'summary', message: 'summary is required' }]) },
    ],
    [
      'a wrong type',
      'ticket.create',
      { summary: 7 },
      'INVALID_REQUEST',
      { fields: expect.arrayContaining([{ field: 'summary', message: 'summary must be string' }]) },
    ],
    [
      'a field too many',
      'ticket.create',
      { role: 'admin' },
      'INVALID_REQUEST',
      { fields: expect.arrayContaining([{ field: 'role', message: 'role is not a known field' }]) },
    ],
    ['a name that every object has', 'ticket.create', { constructor: {} }, 'INVALID_REQUEST', {}],
    [
      'a word that is none of them',
      'ticket.triage',
      { ticket_id: randomUUID(), priority: 'HIGH', incident_type: 'X' },
      'INVALID_REQUEST',
      { message: 'priority must be one of EMERGENCY, URGENT, ROUTINE' },
    ],
    [
      'a part with a member too many',
      'schedule.propose',
      { ticket_id: randomUUID(), options: [{ start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', by: 'me' }] },
      'INVALID_REQUEST',
      { message: 'options[0] has no member by' },
    ],
    [
      'a megabyte of text',
      'ticket.create',
      { summary: 'x'.repeat(2 ** 20) },
      'INVALID_REQUEST',
      {
        fields: expect.arrayContaining([
          { field: 'summary', message: 'summary must NOT have more than 500 characters' },
        ]),
      },
    ],
    [
      'a request id that is none',
      'ticket.create',
      { request_id: 'mine' },
      'INVALID_REQUEST',
      { fields: expect.arrayContaining([expect.objectContaining({ field: 'request_id' })]) },
    ],
  ])('%s: %s', async (what, tool, args, code, error) => {
    const [events, sent] = [await logged(), requestsLogged()];
    const base = tool === 'ticket.create' && !what.startsWith('nothing') ? ticket : {};
    const called = await call(dispatcher, tool, { ...base, ...args });
    expect([called.isError, verdict(called)]).toEqual([true, code]);
    expect(called.outcome['error']).toMatchObject({ ...error, advice: expect.stringMatching(/\w/) });
    expect(called.text).toContain(`${tool} was refused: `);
    // Told without a word to the API.
    expect([await logged(), requestsLogged()]).toEqual([events, sent]);
  });

  test('more than the API takes, in a field that may hold anything', async () => {
    const events = await logged();
    const requester_contact = { note: 'x'.repeat(1.2 * 2 ** 20) };
    const called = await call(dispatcher, 'ticket.create', { ...ticket, requester_contact });
    expect(verdict(called)).toBe('DISPATCH_API_ERROR PAYLOAD_TOO_LARGE');
    expect(await logged()).toBe(events);
  });

  test('a tool that there is not is the protocol’s own error, and names those that there are', async () => {
    for (const [client, role] of [
      [dispatcher, 'dispatcher'],
      [tech, 'tech'],
    ] as const)
      for (const name of ['ticket.delete', 'constructor', 'account.put', 'ticket_get', ''])
        await expect(call(client, name, { ticket_id: randomUUID() })).rejects.toMatchObject({
          code: -32602,
          data: {
            code: 'UNKNOWN_TOOL',
            available_tools: api.policy.tools
              .filter(({ tool }) => api.policy.allows(role, tool))
              .map(({ tool }) => tool),
          },
        });
  });

  test('a tool of another role is refused before the API hears of it', async () => {
    const ticket_id = await tickets.ticketIn('TRIAGED');
    const [events, sent] = [await logged(), requestsLogged()];
    const called = await call(tech, 'ticket.cancel', { ticket_id, reason: 'I do not want to go there' });
    expect(verdict(called)).toBe('TOOL_ROLE_FORBIDDEN');
    expect(called.outcome['error']).toMatchObject({
      allowed_roles: ['dispatcher'],
      available_tools: expect.arrayContaining(['tech.check_in']),
    });
    expect([await logged(), requestsLogged()]).toEqual([events, sent]);
  });
});

describe('what the API refuses comes back whole, with what would make it succeed', () => {
  test('a ticket of another account', async () => {
    const ticket_id = await tickets.ticketIn('NEW');
    const stranger = await connect(bridge.url, await tokenFor({ role: 'dispatcher', accounts: [randomUUID()] }));
    const events = await logged();
    for (const [tool, args] of [
      ['ticket.get', {}],
      ['ticket.cancel', { reason: 'none of my business' }],
    ] as const) {
      const called = await call(stranger, tool, { ticket_id, ...args });
      expect(verdict(called)).toBe('DISPATCH_API_ERROR FORBIDDEN_SCOPE');
      expect(at(called.outcome, 'error.dispatch_error')).toMatchObject({
        scope_field: 'account_id',
        policy_error: { dimension: 'scope' },
      });
    }
    expect(at((await call(stranger, 'ticket.list')).outcome, 'result.tickets')).toEqual([]);
    expect(await logged()).toBe(events);
    await stranger.close();
  });

  test('the wrong state: the states that it needs, and the tools that there are now', async () => {
    const ticket_id = await tickets.ticketIn('TRIAGED');
    const called = await call(tech, 'tech.complete', { ticket_id, checklist_status: {} });
    expect(verdict(called)).toBe('DISPATCH_API_ERROR INVALID_STATE_TRANSITION');
    expect(called.outcome['error']).toMatchObject({
      from_state: 'TRIAGED',
      allowed_from_states: ['IN_PROGRESS'],
      available_tools: ['closeout.add_evidence', 'closeout.withdraw_evidence', 'ticket.get'],
    });
    expect(called.text).toContain('allowed_from_states: IN_PROGRESS.');
  });

  test('a closeout that lacks something: what it lacks', async () => {
    const ticket_id = await tickets.ticketIn('IN_PROGRESS');
    const called = await call(tech, 'tech.complete', {
      ticket_id,
      checklist_status: {},
      no_signature_reason: 'nobody there',
    });
    expect(verdict(called)).toBe('DISPATCH_API_ERROR CLOSEOUT_REQUIREMENTS_INCOMPLETE');
    expect(called.outcome['error']).toMatchObject({
      missing_evidence_keys: expect.arrayContaining(['photo_before_security_risk']),
      missing_checklist_keys: expect.arrayContaining(['work_performed']),
      available_tools: expect.arrayContaining(['closeout.add_evidence']),
    });
    expect(called.text).toContain('missing_evidence_keys: note_risk_mitigation_and_customer_handoff, photo_after');
  });

  test('an identity of another call', async () => {
    const request_id = randomUUID();
    const body = { account_id: tickets.accountId, site_id: tickets.siteId, request_id };
    expect(verdict(await call(dispatcher, 'ticket.create', { ...body, summary: 'One door' }))).toBe('OK');
    const events = await logged();
    const again = await call(dispatcher, 'ticket.create', { ...body, summary: 'One door' });
    expect([verdict(again), again.outcome['replayed']]).toEqual(['OK', true]);
    const other = await call(dispatcher, 'ticket.create', { ...body, summary: 'Another door' });
    expect(verdict(other)).toBe('DISPATCH_API_ERROR IDEMPOTENCY_PAYLOAD_MISMATCH');
    expect(await logged()).toBe(events);
  });
});

describe('a session is its token’s', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
  const post = (body: unknown, headers: Record<string, string>, url = bridge.url) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test('another token on it is refused, and told why; its own goes on', async () => {
    const [mine, theirs] = [await tokenFor({ role: 'dispatcher' }), await tokenFor({ role: 'dispatcher' })];
    const opened = await post(initialize, bearer(mine));
    const id = opened.headers.get('mcp-session-id') ?? '';
    expect([opened.status, id]).toEqual([200, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const foreign = await post(list, { ...bearer(theirs), 'mcp-session-id': id });
    expect([foreign.status, await foreign.json()]).toEqual([
      404,
      { jsonrpc: '2.0', id: null, error: { code: -32001, message: expect.stringContaining('belongs to the token') } },
    ]);
    const ended = await fetch(bridge.url, { method: 'DELETE', headers: { ...bearer(theirs), 'mcp-session-id': id } });
    expect(ended.status).toBe(404);
    const own = await post(list, { ...bearer(mine), 'mcp-session-id': id });
    expect(own.status).toBe(200);
    const closed = await fetch(bridge.url, { method: 'DELETE', headers: { ...bearer(mine), 'mcp-session-id': id } });
    expect(closed.status).toBe(200);
    expect((await post(list, { ...bearer(mine), 'mcp-session-id': id })).status).toBe(404);
  });

  test.each<[what: string, headers: () => Promise<Record<string, string>>, status: number, says: string]>([
    ['no token', async () => ({}), 401, 'Missing Authorization header'],
    ['a token that is none', async () => bearer('nonsense'), 401, 'not a JWT'],
    [
      'a token signed with another secret',
      async () => bearer(await mintToken({ sub: 'x', role: 'tech' }, 'another secret of 32 bytes or more')),
      401,
      'INVALID_AUTH_TOKEN',
    ],
    [
      'a token that has expired',
      async () => bearer(await tokenFor({ role: 'tech', exp: 1_700_000_000 })),
      401,
      'expired',
    ],
    [
      'a token of a person',
      async () => bearer(await tokenFor({ role: 'tech', actor_type: 'HUMAN' })),
      401,
      'not of actor_type AGENT',
    ],
    [
      'a token with a role that there is not',
      async () => bearer(await tokenFor({ role: 'root' })),
      401,
      'a role that there is not',
    ],
    [
      'a page of another origin',
      async () => ({ ...bearer(await tokenFor({ role: 'tech' })), origin: 'https://evil.example' }),
      403,
      'Invalid Origin',
    ],
    ['a request without a session', async () => bearer(await tokenFor({ role: 'tech' })), 400, 'send initialize'],
  ])('%s opens none', async (_, headers, status, says) => {
    const answer = await post(list, await headers());
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(says)]);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test('a name that is not the bridge’s own is refused: a page may have been led here', async () => {
    const agent = new Agent();
    const headers = { ...bearer(await tokenFor({ role: 'tech' })), host: 'evil.example' };
    const answer = await send(bridge.url, agent, { path: '/mcp', headers, body: list });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('Invalid Host')]);
    expect((await send(bridge.url, agent, { method: 'GET', path: '/health' })).json).toEqual({
      status: 'ok',
      service: 'dispatch-tools',
    });
    expect((await send(bridge.url, agent, { method: 'GET', path: '/mcp/..' })).status).toBe(404);
    agent.destroy();
  });

  test('a body that is too large is not read to its end', async () => {
    const token = bearer(await tokenFor({ role: 'dispatcher' }));
    const answer = await post('x'.repeat(2.1 * 2 ** 20), token).catch(() => undefined);
    expect([413, undefined]).toContain(answer?.status);
  });

  test('when there are as many as there may be, one more is told to come later', async () => {
    let status = 0;
    for (let n = 0; n < 13 && status !== 503; n++) {
      const answer = await post(initialize, bearer(await tokenFor({ role: 'qa' })));
      status = answer.status;
      if (status === 503)
        expect([answer.headers.get('retry-after'), await answer.text()]).toEqual([
          '30',
          expect.stringContaining('too many sessions'),
        ]);
    }
    expect(status).toBe(503);
    // Those that are open go on.
    expect((await tech.listTools()).tools.length).toBeGreaterThan(0);
  });
});

test('no line of the log holds an argument, an answer or a token', () => {
  const lines = JSON.stringify(bridge.lines);
  for (const word of ['Door', 'Another door', 'Shop door', SECRET, 'Bearer', 'eyJ']) expect(lines).not.toContain(word);
  expect(bridge.lines.find(({ msg }) => msg === 'response')).toMatchObject({
    service: 'dispatch-tools',
    request_id: expect.any(String),
    correlation_id: expect.any(String),
    actor_role: expect.any(String),
  });
});
