import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actor, type Api, type Ask, outcomeOf, startApi } from '../support/api.js';
import { type Command, groundOf, type Tickets } from '../support/tickets.js';

let api: Api;
let tickets: Tickets;
/** A ticket that the tools below may act on; one of an account that the narrow actor does not hold. */
let ticketId: string;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
  ticketId = await tickets.ticketIn('NEW');
});
afterAll(() => api.close());

type Part = Omit<Ask, 'path' | 'method'> & { readonly id?: string };

/** Something wrong with a request, at a step of CONTRACT section 3; `parts` are laid over those of later steps. */
interface Wrong {
  readonly step: number;
  readonly code: string;
  readonly parts: (tool: Tool) => Part;
}

interface Tool {
  readonly tool: Command;
  readonly role: string;
  readonly otherRole: string;
  /** A ticket whose state does not allow the tool. */
  readonly late: () => Promise<string>;
}

const TOOLS: readonly Tool[] = [
  { tool: 'ticket.triage', role: 'agent', otherRole: 'finance', late: () => tickets.ticketIn('CANCELLED') },
  { tool: 'ticket.cancel', role: 'dispatcher', otherRole: 'tech', late: () => tickets.ticketIn('CANCELLED') },
  { tool: 'closeout.add_evidence', role: 'tech', otherRole: 'qa', late: () => tickets.ticketIn('CANCELLED') },
  { tool: 'ticket.request_info', role: 'agent', otherRole: 'auditor', late: () => tickets.ticketIn('NEEDS_INFO') },
  { tool: 'assignment.dispatch', role: 'dispatcher', otherRole: 'agent', late: () => tickets.ticketIn('CANCELLED') },
];

const narrow = (role: string) => actor(role, { 'x-account-scope': randomUUID() });

/** From the last step to the first: each is tried together with each that stands before it in this list. */
const WRONGS: readonly Wrong[] = [
  { step: 9, code: '409 VERSION_CONFLICT', parts: () => ({ headers: { 'if-match': '"77"' } }) },
  { step: 8, code: '403 FORBIDDEN_SCOPE', parts: ({ role }) => ({ as: narrow(role) }) },
  { step: 7, code: '404 TICKET_NOT_FOUND', parts: () => ({ id: randomUUID() }) },
  { step: 6, code: '400 INVALID_REQUEST', parts: () => ({ body: { unknown: true } }) },
  { step: 4, code: '400 MISSING_IDEMPOTENCY_KEY', parts: () => ({ key: null }) },
  { step: 3, code: '403 TOOL_NOT_ALLOWED', parts: () => ({ headers: { 'x-tool-name': 'ticket.get' } }) },
  { step: 3, code: '403 FORBIDDEN', parts: ({ otherRole }) => ({ as: narrow(otherRole) }) },
  { step: 2, code: '401 INVALID_AUTH_TOKEN', parts: () => ({ as: { authorization: 'Bearer a.b.c' } }) },
  { step: 1, code: '400 INVALID_JSON', parts: () => ({ body: '{"unknown":' }) },
];

describe.each(TOOLS)('$tool', (tool) => {
  const pairs = WRONGS.flatMap((earlier, index) => WRONGS.slice(0, index).map((later) => ({ earlier, later })));

  test.each(pairs)('$earlier.code goes before $later.code', async ({ earlier, later }) => {
    const [first, second] = [earlier.parts(tool), later.parts(tool)];
    const before = await api.store.head();
    const reply = await tickets.give(tool.tool, {
      id: ticketId,
      as: tool.role,
      ...second,
      ...first,
      headers: { ...second.headers, ...first.headers },
    });
    expect(outcomeOf(reply)).toBe(earlier.code);
    expect(await api.store.head()).toBe(before);
  });

  test('9 before 10: the expected version before the state', async () => {
    const id = await tool.late();
    const ask = { id, as: tool.role };
    expect(outcomeOf(await tickets.give(tool.tool, { ...ask, headers: { 'if-match': '"77"' } }))).toBe(
      '409 VERSION_CONFLICT',
    );
    expect(outcomeOf(await tickets.give(tool.tool, ask))).toBe('409 INVALID_STATE_TRANSITION');
  });
});

test('5 before 6 to 11: a key that is known is answered before anything else of the request is looked at', async () => {
  const key = randomUUID();
  const ask = { id: await tickets.ticketIn('NEW'), key };
  expect(outcomeOf(await tickets.give('ticket.request_info', ask))).toBe('200');
  const mismatch = '409 IDEMPOTENCY_PAYLOAD_MISMATCH';
  const others: readonly Part[] = [
    { body: { unknown: true } },
    { id: 'no-uuid' },
    { id: randomUUID() },
    { id: ticketId },
    { as: actor('dispatcher', { 'x-account-scope': randomUUID() }), body: { missing_fields: ['other'] } },
    { body: { missing_fields: ['other'], expected_version: 77 } },
  ];
  for (const other of others)
    expect(outcomeOf(await tickets.give('ticket.request_info', { ...ask, ...other }))).toBe(mismatch);
  const repeat = await tickets.give('ticket.request_info', { ...ask, headers: { 'if-match': '"77"' } });
  expect([outcomeOf(repeat), repeat.headers['idempotency-replayed']]).toEqual(['200', 'true']);
});

test('4 before 5: a bad key is not looked up', async () => {
  const reply = await tickets.give('ticket.request_info', { id: ticketId, key: 'no-uuid', body: {} });
  expect(outcomeOf(reply)).toBe('400 INVALID_IDEMPOTENCY_KEY');
});

test('6: the path id before the body', async () => {
  const reply = await tickets.give('ticket.request_info', { id: 'no-uuid', body: { unknown: true } });
  expect(outcomeOf(reply)).toBe('400 INVALID_TICKET_ID');
});

test.each([
  ['assignment.dispatch', 'NEW', { tech_id: randomUUID() }],
  ['approval.decide', 'NEW', { approval_id: randomUUID(), decision: 'APPROVED' }],
  ['tech.complete', 'TRIAGED', { checklist_status: {} }],
  ['schedule.confirm', 'NEW', { start: '2026-03-09T09:00:00Z', end: '2026-03-09T10:00:00Z' }],
] as const)('10 before 11: %s in the state %s', async (tool, state, body) => {
  const reply = await tickets.give(tool, { id: await tickets.ticketIn(state), body });
  expect(outcomeOf(reply)).toBe('409 INVALID_STATE_TRANSITION');
});

test('8 before 11: a create outside the scope does not tell what the directory holds', async () => {
  const as = actor('agent', { 'x-account-scope': tickets.accountId });
  const body = { ...tickets.bodies['ticket.create'], account_id: randomUUID(), site_id: randomUUID() };
  expect(outcomeOf(await tickets.give('ticket.create', { as, body }))).toBe('403 FORBIDDEN_SCOPE');
});

test('1 before everything: a body that is too large', async () => {
  const reply = await tickets.give('ticket.triage', {
    as: {},
    key: null,
    id: 'no-uuid',
    body: ' '.repeat(2 ** 20 + 1),
  });
  expect(outcomeOf(reply)).toBe('413 PAYLOAD_TOO_LARGE');
});
