import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, at, startApi } from '../support/api.js';
import { groundOf, RESTING_STATES, type Tickets } from '../support/tickets.js';

const lines: string[] = [];
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi({ lines: { write: (line: string) => void lines.push(line) } });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const FIELDS = [
  'request_id',
  'correlation_id',
  'trace_id',
  'actor_type',
  'actor_id',
  'actor_role',
  'tool_name',
  'ticket_id',
  'method',
  'endpoint',
  'status',
  'duration_ms',
  'replay',
  'error_code',
];

/** Stands wherever a request has room for what is nobody's business. */
const PRIVATE = 'Kx7hidden';

test('one line a request, and nothing in it of bodies, tokens, queries and contacts', async () => {
  for (const state of RESTING_STATES) await tickets.ticketIn(state);
  lines.length = 0;
  const contact = { name: PRIVATE, phone: PRIVATE, email: `${PRIVATE}@example.org` };
  const body = {
    ...tickets.bodies['ticket.create'],
    summary: PRIVATE,
    description: PRIVATE,
    requester_contact: contact,
    attachments: [{ uri: PRIVATE }],
  };
  const created = await tickets.give('ticket.create', { body });
  expect(created.status).toBe(201);
  await tickets.give('ticket.create', { body: { ...body, unknown_field: PRIVATE } });
  await tickets.give('ticket.create', { body: `{"summary": "${PRIVATE}"` });
  await api.run('ticket.list', { query: `q=${PRIVATE}&unknown=${PRIVATE}` });
  await api.call({ method: 'GET', path: `/${PRIVATE}` });
  await api.call({ method: 'GET', path: '/tickets', headers: { authorization: `Bearer ${PRIVATE}` } });
  await api.call({ method: 'GET', path: '/tickets', headers: { cookie: PRIVATE, 'x-tool-name': PRIVATE } });
  await tickets.give('account.put', { id: tickets.accountId, body: { name: PRIVATE } });
  await tickets.give('site.put', { id: tickets.siteId, body: { ...tickets.bodies['site.put'], contacts: [contact] } });

  expect(lines).toHaveLength(9);
  expect(lines.join('')).not.toContain(PRIVATE);
  for (const line of lines) {
    const parsed: unknown = JSON.parse(line);
    expect(Object.keys(Object(parsed)).sort()).toEqual([...FIELDS, 'level', 'msg', 'service', 'time'].sort());
    expect([at(parsed, 'msg'), at(parsed, 'service')]).toEqual(['request', 'dispatch-api']);
  }
});
