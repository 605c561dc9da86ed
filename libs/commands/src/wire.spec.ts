import { expect, test } from '@jest/globals';
import * as fact from '../../ticket/src/testing/events.js';
import { folded } from '../../ticket/src/testing/scenario.js';
import { approvalId, at, cents, id, providerId, techId } from '../../ticket/src/testing/values.js';
import { evidenceBody, factsBody, ticketBody } from './wire.js';

test('a ticket with all that it can have', () => {
  const ticket = folded(
    fact.created({ assetId: id(9), description: 'It misses its strike.', nteCents: cents(100) }),
    fact.triaged({
      riskFlags: ['open_to_street'],
      outcome: 'APPROVAL_REQUIRED',
      approval: { ...fact.triageApproval, amountDeltaCents: cents(50), reason: 'two technicians' },
    }),
    fact.proposed({ options: [{ start: at(60), end: at(120) }] }),
    fact.dispatched({ techId, providerId }),
  );
  expect(ticketBody(ticket)).toMatchObject({
    asset_id: id(9),
    description: 'It misses its strike.',
    incident_type: ticket.incidentType,
    risk_flags: ['open_to_street'],
    scheduled_start: at(60),
    scheduled_end: at(120),
    schedule_options: [{ start: at(60), end: at(120) }],
    assigned_tech_id: techId,
    assigned_provider_id: providerId,
    pending_approval: {
      id: approvalId,
      status: 'PENDING',
      approval_type: 'NTE_INCREASE',
      amount_delta_cents: 50,
      reason: 'two technicians',
      requested_at: at(1),
    },
    version: 3,
    created_at: at(0),
    updated_at: at(3),
  });
});

test('an approval that is decided no longer waits', () => {
  const approval = { ...fact.triageApproval };
  const ticket = folded(
    fact.created(),
    fact.triaged({ outcome: 'APPROVAL_REQUIRED', approval }),
    fact.approvalDecided({ approvalId }),
  );
  expect(ticketBody(ticket).pending_approval).toBeNull();
});

test.each([
  [null, { room: 'b' }],
  ['photo', { room: 'b', evidence_key: 'photo' }],
])('evidence with the key %s', (evidenceKey, metadata) => {
  const ticket = folded(fact.created(), fact.evidenceAdded({ evidenceKey, metadata: { room: 'b' } }));
  expect(ticket.evidence.map((item) => evidenceBody(ticket, item).metadata)).toEqual([metadata]);
});

test("facts are in the wire's spelling at every depth, but for keys that are the sender's own", () => {
  const lineItems = [{ description: 'labour', quantity: 1, unitCents: 100 }];
  const own = { camelCase: { innerKey: 1 } };
  expect(factsBody({ techId, window: { startAt: [1, null] }, lineItems, note: null })).toEqual({
    tech_id: techId,
    window: { start_at: [1, null] },
    line_items: [{ description: 'labour', quantity: 1, unit_cents: 100 }],
    note: null,
  });
  for (const key of ['metadata', 'location', 'checklist', 'items'])
    expect(factsBody({ [key]: own })).toEqual({ [key]: own });
});
