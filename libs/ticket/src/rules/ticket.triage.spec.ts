import { describe, test } from '@jest/globals';
import { triage } from '../testing/commands.js';
import { created, infoRequested, triaged } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { cents, newId } from '../testing/values.js';

test('priority, kind, limit and risks are recorded as they stand after triage', () => {
  given(created({ nteCents: cents(100) }))
    .when(
      triage({
        priority: 'URGENT',
        incidentType: 'AUTO_OPERATOR_FAULT',
        nteCents: cents(900),
        riskFlags: ['glass'],
        notes: 'call first',
      }),
    )
    .then({
      type: 'TicketTriaged',
      data: {
        priority: 'URGENT',
        incidentType: 'AUTO_OPERATOR_FAULT',
        nteCents: cents(900),
        riskFlags: ['glass'],
        outcome: 'TRIAGED',
        approval: null,
      },
    });
});

test('a limit and risks that are not named stay as they were', () => {
  given(created({ nteCents: cents(100) }), triaged({ nteCents: cents(700), riskFlags: ['glass'] }))
    .when(triage({ priority: 'EMERGENCY' }))
    .then(triaged({ priority: 'EMERGENCY', nteCents: cents(700), riskFlags: ['glass'] }));
});

test('a limit of nothing and an empty list are answers too', () => {
  given(created({ nteCents: cents(100) }), triaged({ nteCents: cents(700), riskFlags: ['glass'] }))
    .when(triage({ nteCents: cents(0), riskFlags: [] }))
    .then(triaged({ nteCents: cents(0), riskFlags: [] }));
});

test('a kind without a template is accepted', () => {
  given(created(), infoRequested())
    .when(triage({ incidentType: 'FLOODED_PIT' }))
    .then(triaged({ incidentType: 'FLOODED_PIT' }));
});

describe('the outcome', () => {
  const approval = {
    id: newId,
    type: 'NTE_INCREASE',
    amountDeltaCents: cents(0),
    reason: null,
    approvedState: 'READY_TO_SCHEDULE',
    deniedState: 'TRIAGED',
  } as const;
  const needsApproval = triaged({ outcome: 'APPROVAL_REQUIRED', approval });
  const ready = triaged({ outcome: 'READY_TO_SCHEDULE' });

  test.each([
    { asked: {}, event: triaged() },
    { asked: { readyToSchedule: true }, event: ready },
    { asked: { readyToSchedule: false, requiresApproval: false }, event: triaged() },
    { asked: { requiresApproval: true }, event: needsApproval },
    { asked: { requiresApproval: true, readyToSchedule: true }, event: needsApproval },
    { asked: { workflowOutcome: 'TRIAGED', requiresApproval: true, readyToSchedule: true }, event: triaged() },
    { asked: { workflowOutcome: 'READY_TO_SCHEDULE', requiresApproval: true }, event: ready },
    { asked: { workflowOutcome: 'APPROVAL_REQUIRED', readyToSchedule: true }, event: needsApproval },
  ] as const)('$asked → $event.data.outcome', ({ asked, event }) => {
    given(created()).when(triage(asked)).then(event);
  });

  test('an approval carries the amount and why', () => {
    given(created())
      .when(
        triage({ requiresApproval: true, approvalAmountDeltaCents: cents(25_000), approvalReason: 'two technicians' }),
      )
      .then(
        triaged({
          outcome: 'APPROVAL_REQUIRED',
          approval: { ...approval, amountDeltaCents: cents(25_000), reason: 'two technicians' },
        }),
      );
  });
});
