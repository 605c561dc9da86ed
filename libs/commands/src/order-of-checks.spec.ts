import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Policy } from '@dispatch/policy';
import { parseUuid } from '@dispatch/ticket';
import * as order from '../../ticket/src/testing/commands.js';
import { accountId, id, siteId, techId } from '../../ticket/src/testing/values.js';
import type { Target } from './call.js';
import { callOf, newUuid } from './testing/calls.js';
import { type Desk, openDesk } from './testing/desk.js';
import { bypass, triaged } from './testing/lives.js';
import { rejected, shippedPolicy, ticketPath } from './testing/path.js';

let policy: Policy;
let desk: Desk;

beforeAll(async () => {
  policy = await shippedPolicy();
});
beforeEach(() => {
  desk = openDesk({ policy });
});

describe('the order of checks', () => {
  const malformed = { code: 'INVALID_REQUEST', fields: [{ field: 'summary', message: 'summary is missing' }] } as const;
  const outOfScope = ({ accountId: target }: Target) => ({ scope_field: 'account_id', target_id: target }) as const;
  const forbidden = { code: 'FORBIDDEN_SCOPE', details: { scope_field: 'account_id', target_id: accountId } };
  const missing = id(404);

  test('a repeat goes before the body', async () => {
    const parts = { ticketId: await desk.aTicket(), key: newUuid() };
    const first = await desk.does(triaged, parts);
    expect(await desk.does(triaged, { ...parts, malformed })).toEqual({ ...first, replayed: true });
    expect(await desk.isRefused(order.triage(), { ...parts, malformed })).toEqual({
      code: 'IDEMPOTENCY_PAYLOAD_MISMATCH',
      details: {},
    });
  });

  test('a repeat is refused to a scope that no longer covers the ticket, mismatch before it', async () => {
    const parts = { ticketId: await desk.aTicket(), key: newUuid(), outOfScope };
    await desk.does(triaged, { ...parts, outOfScope: undefined });
    expect(await desk.isRefused(triaged, parts)).toEqual(forbidden);
    expect(await desk.isRefused(order.triage(), parts)).toMatchObject({ code: 'IDEMPOTENCY_PAYLOAD_MISMATCH' });
  });

  test('then the body, before the ticket is looked for', async () => {
    expect(await desk.isRefused(triaged, { ticketId: missing, malformed })).toEqual({
      code: 'INVALID_REQUEST',
      details: { fields: malformed.fields },
    });
  });

  test('then existence', async () => {
    expect(await desk.isRefused(triaged, { ticketId: missing, outOfScope, expectedVersion: 7 })).toEqual({
      code: 'TICKET_NOT_FOUND',
      details: { ticket_id: missing },
    });
  });

  test('then scope', async () => {
    const ticketId = await desk.aTicket();
    expect(await desk.isRefused(bypass, { ticketId, outOfScope, expectedVersion: 7 })).toEqual(forbidden);
    expect(await desk.isRefused(order.create(), { outOfScope, expectedVersion: 7 })).toEqual(forbidden);
  });

  test('scope is held against the account and site that a new ticket is to have, and whoever is assigned later', async () => {
    const targets: Target[] = [];
    const noted = (target: Target) => void targets.push(target);
    const { body } = await desk.does(order.create(), { outOfScope: noted });
    const ticketId = parseUuid(body.id);
    for (const command of [triaged, bypass, order.checkIn()]) await desk.does(command, { ticketId, outOfScope: noted });
    expect(targets.map((target) => [target.accountId, target.siteId, target.assignedTechId])).toEqual([
      [accountId, siteId, undefined],
      [accountId, siteId, null],
      [accountId, siteId, null],
      [accountId, siteId, techId],
    ]);
  });

  test('then the expected version', async () => {
    const ticketId = await desk.aTicket();
    expect(await desk.isRefused(bypass, { ticketId, expectedVersion: 7 })).toEqual({
      code: 'VERSION_CONFLICT',
      details: { expected_version: 7, actual_version: 0 },
    });
    expect(await desk.isRefused(order.create(), { expectedVersion: 0 })).toEqual({
      code: 'VERSION_CONFLICT',
      details: { expected_version: 0, actual_version: null },
    });
    expect(await desk.does(triaged, { ticketId, expectedVersion: 0 })).toMatchObject({ version: 1 });
  });

  test('then the state', async () => {
    const strangers = ticketPath(desk.store, { policy, directory: { technicianKnown: async () => false } });
    const ticketId = await desk.aTicket();
    expect(rejected(await strangers(callOf(bypass, { ticketId })))).toEqual({
      code: 'INVALID_STATE_TRANSITION',
      details: {
        from_state: 'NEW',
        to_state: 'DISPATCHED',
        allowed_from_states: ['SCHEDULED', 'TRIAGED'],
        available_tools: [
          'ticket.request_info',
          'ticket.triage',
          'closeout.add_evidence',
          'closeout.withdraw_evidence',
          'ticket.cancel',
        ],
      },
    });
    await desk.does(triaged, { ticketId });
    expect(rejected(await strangers(callOf(bypass, { ticketId })))).toEqual({
      code: 'TECHNICIAN_NOT_FOUND',
      details: { technician_id: techId },
    });
  });

  test("a rule's own refusal of a state tells what the policy knows", async () => {
    const ticketId = await desk.aTicket(order.triage());
    expect(await desk.isRefused(order.dispatch(), { ticketId, role: 'assistant' })).toEqual({
      code: 'INVALID_STATE_TRANSITION',
      details: {
        from_state: 'TRIAGED',
        to_state: 'DISPATCHED',
        allowed_from_states: ['SCHEDULED', 'TRIAGED'],
        available_tools: [
          'ticket.triage',
          'assignment.dispatch',
          'closeout.add_evidence',
          'closeout.withdraw_evidence',
          'ticket.cancel',
        ],
      },
    });
  });
});
