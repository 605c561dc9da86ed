import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { policyFrom } from '@dispatch/policy';
import { actor, type Api, at, shippedPolicy, startApi } from '../support/api.js';
import { type Command, groundOf, type Resting, type Tickets } from '../support/tickets.js';
import { body, expectError, KEY } from './error-body.js';

let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const none = randomUUID();

describe('what is not there', () => {
  test.each([
    ['ticket.get', 'ticket'],
    ['ticket.timeline', 'ticket'],
    ['closeout.list_evidence', 'ticket'],
    ['account.get', 'account'],
    ['site.get', 'site'],
    ['technician.get', 'technician'],
  ])('%s', async (tool, kind) => {
    const reply = await api.run(tool, { id: none, key: KEY });
    expectError(reply, 404, body(`${kind.toUpperCase()}_NOT_FOUND`, { [`${kind}_id`]: none }));
  });

  const CASES: readonly (readonly [code: string, tool: Command, state: Resting, field: string, detail?: string])[] = [
    ['ACCOUNT_NOT_FOUND', 'ticket.create', 'NEW', 'account_id'],
    ['SITE_NOT_FOUND', 'ticket.create', 'NEW', 'site_id'],
    ['TECHNICIAN_NOT_FOUND', 'assignment.dispatch', 'TRIAGED', 'tech_id', 'technician_id'],
    ['TECHNICIAN_NOT_FOUND', 'assignment.reassign', 'DISPATCHED', 'tech_id', 'technician_id'],
    ['ACCOUNT_NOT_FOUND', 'site.put', 'NEW', 'account_id'],
    ['APPROVAL_NOT_FOUND', 'approval.decide', 'APPROVAL_REQUIRED', 'approval_id'],
  ];

  test.each(CASES)('%s by %s', async (code, tool, state, field, detail = field) => {
    const asked = { ...tickets.bodies[tool], [field]: none };
    const reply = await tickets.give(tool, { id: await tickets.ticketIn(state), key: KEY, body: asked });
    expectError(reply, code.startsWith('APPROVAL') ? 404 : 409, body(code, { [detail]: none }));
  });

  test('EVIDENCE_NOT_FOUND', async () => {
    const ask = { id: await tickets.ticketIn('NEW'), evidenceId: none, key: KEY };
    const reply = await tickets.give('closeout.withdraw_evidence', ask);
    expectError(reply, 404, body('EVIDENCE_NOT_FOUND', { evidence_id: none }));
  });
});

describe('what does not fit', () => {
  test('SITE_ACCOUNT_MISMATCH', async () => {
    const account = randomUUID();
    await tickets.give('account.put', { id: account });
    const asked = { ...tickets.bodies['ticket.create'], account_id: account };
    const details = { site_id: tickets.siteId, account_id: account };
    const reply = await tickets.give('ticket.create', { key: KEY, body: asked });
    expectError(reply, 409, body('SITE_ACCOUNT_MISMATCH', details));
  });

  test('SCHEDULE_OPTION_NOT_PROPOSED for a customer; a dispatcher may confirm any window', async () => {
    const id = await tickets.ticketIn('SCHEDULE_PROPOSED');
    const window = { start: '2026-03-02T10:00:00.000Z', end: '2026-03-02T12:00:00.000Z' };
    const ask = { id, body: { ...window, end: '2026-03-02T13:00:00+01:00' } };
    const reply = await tickets.give('schedule.confirm', { ...ask, as: 'customer', key: KEY });
    expectError(reply, 409, body('SCHEDULE_OPTION_NOT_PROPOSED', window));
    const confirmed = await tickets.give('schedule.confirm', { ...ask, as: 'dispatcher' });
    expect(confirmed.json).toMatchObject({ scheduled_start: window.start, scheduled_end: window.end });
  });

  test('APPROVAL_NOT_PENDING', async () => {
    const id = await tickets.ticketIn('APPROVAL_REQUIRED');
    const { json } = await api.run('ticket.get', { id });
    const approval_id = at(json, 'pending_approval.id');
    const decide = (key?: string) =>
      tickets.give('approval.decide', { id, body: { approval_id, decision: 'DENIED' }, ...(key && { key }) });
    await decide();
    await tickets.give('tech.request_change', { id });
    expectError(await decide(KEY), 409, body('APPROVAL_NOT_PENDING', { approval_id, status: 'DENIED' }));
  });

  test('VERSION_CONFLICT, by the body and by If-Match', async () => {
    const id = await tickets.ticketIn('TRIAGED');
    const error = body('VERSION_CONFLICT', { expected_version: 0, actual_version: 1 });
    const asked = tickets.bodies['ticket.triage'];
    const byBody = await tickets.give('ticket.triage', { id, key: KEY, body: { ...asked, expected_version: 0 } });
    expectError(byBody, 409, error);
    const byHeader = await tickets.give('ticket.triage', { id, key: KEY, headers: { 'if-match': '"0"' } });
    expectError(byHeader, 409, error);
    const fitting = await tickets.give('ticket.triage', { id, key: KEY, headers: { 'if-match': '"1"' } });
    expect(fitting.status).toBe(200);
  });

  test('FORBIDDEN_SCOPE by account, site and technician', async () => {
    const id = await tickets.ticketIn('DISPATCHED');
    const wrong = { 'x-account-scope': none, 'x-site-scope': none, 'x-technician-id': none };
    for (const [field, header, target] of [
      ['account_id', 'x-account-scope', tickets.accountId],
      ['site_id', 'x-site-scope', tickets.siteId],
      ['technician_id', 'x-technician-id', tickets.techId],
    ] as const) {
      const details = { scope_field: field, target_id: target };
      const error = body('FORBIDDEN_SCOPE', {
        ...details,
        policy_error: { dimension: 'scope', code: 'FORBIDDEN_SCOPE' },
      });
      const as = actor('tech', { [header]: wrong[header] });
      expectError(await tickets.give('tech.check_in', { id, key: KEY, as }), 403, error);
      if (field !== 'technician_id') expectError(await api.run('ticket.get', { id, key: KEY, as }), 403, error);
    }
  });
});

describe('INVALID_STATE_TRANSITION tells from where the tool may be used, and what the role may do now', () => {
  const CASES: readonly {
    readonly tool: Command;
    readonly as: string;
    readonly state: Resting;
    readonly to: string;
    readonly from: string;
    readonly available: string;
  }[] = [
    {
      tool: 'schedule.propose',
      as: 'agent',
      state: 'NEW',
      to: 'SCHEDULE_PROPOSED',
      from: 'READY_TO_SCHEDULE',
      available: 'ticket.request_info ticket.triage closeout.add_evidence',
    },
    {
      tool: 'tech.complete',
      as: 'technician',
      state: 'ON_HOLD',
      to: 'COMPLETED_PENDING_VERIFICATION',
      from: 'IN_PROGRESS',
      available: 'work.resume closeout.add_evidence closeout.withdraw_evidence',
    },
    {
      tool: 'ticket.close',
      as: 'finance',
      state: 'VERIFIED',
      to: 'CLOSED',
      from: 'INVOICED',
      available: 'billing.generate_invoice',
    },
    {
      tool: 'assignment.reassign',
      as: 'dispatcher',
      state: 'CLOSED',
      to: 'CLOSED',
      from: 'DISPATCHED IN_PROGRESS ON_HOLD',
      available: '',
    },
    {
      tool: 'schedule.confirm',
      as: 'customer',
      state: 'SCHEDULED',
      to: 'SCHEDULED',
      from: 'SCHEDULE_PROPOSED',
      available: 'schedule.reschedule',
    },
  ];

  test.each(CASES)('$tool by $as in $state', async ({ tool, as, state, to, from, available }) => {
    const reply = await tickets.give(tool, { id: await tickets.ticketIn(state), as, key: KEY });
    const details = {
      from_state: state,
      to_state: to,
      allowed_from_states: from.split(' '),
      available_tools: available.split(' ').filter(Boolean),
      policy_error: { dimension: 'state', code: 'INVALID_STATE_TRANSITION' },
    };
    expectError(reply, 409, body('INVALID_STATE_TRANSITION', details));
  });

  test('a bypass is for emergencies that say so', async () => {
    const urgent = { ...tickets.bodies['ticket.triage'], priority: 'URGENT' };
    const id = await tickets.ticketIn('TRIAGED');
    const send = { tech_id: tickets.techId };
    const plain = await tickets.give('assignment.dispatch', { id, key: KEY, body: send });
    const details = { from_state: 'TRIAGED', to_state: 'DISPATCHED', allowed_from_states: ['SCHEDULED', 'TRIAGED'] };
    expect([plain.status, plain.json]).toMatchObject([409, body('INVALID_STATE_TRANSITION', details)]);
    expect(at(plain.json, 'error.available_tools')).toContain('assignment.dispatch');
    await tickets.give('ticket.triage', { id, body: urgent });
    const notUrgentEnough = await tickets.give('assignment.dispatch', { id, key: KEY });
    expect([notUrgentEnough.status, notUrgentEnough.json]).toMatchObject([
      409,
      body('INVALID_STATE_TRANSITION', details),
    ]);
  });
});

test('MANAGER_CONFIRMATION_REQUIRED where the policy asks for it', async () => {
  const { set } = await shippedPolicy();
  const guards = { ...Object(set.guards), emergency_bypass: { manager_confirmation_required: true } };
  const strict = await startApi({ database: api.database, policy: policyFrom({ ...set, guards }) });
  try {
    const id = await tickets.ticketIn('TRIAGED');
    const dispatch = (more: object) =>
      strict.run('assignment.dispatch', { id, key: KEY, body: { ...tickets.bodies['assignment.dispatch'], ...more } });
    expectError(await dispatch({}), 409, body('MANAGER_CONFIRMATION_REQUIRED', { policy: 'emergency_bypass' }));
    expect((await dispatch({ manager_confirmation: { manager_id: 'max' } })).status).toBe(200);
  } finally {
    await strict.close();
  }
});
