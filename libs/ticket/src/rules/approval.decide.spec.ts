import { describe, test } from '@jest/globals';
import { MAX_CENTS } from '../kernel.js';
import { decideApproval } from '../testing/commands.js';
import { approvalDecided, atWork, changeRequested, created, triageApproval, triaged } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { approvalId, cents, id } from '../testing/values.js';

const limit = cents(1_000);
const afterTriage = [
  created(),
  triaged({
    nteCents: limit,
    outcome: 'APPROVAL_REQUIRED',
    approval: { ...triageApproval, amountDeltaCents: cents(250) },
  }),
] as const;
const change = changeRequested().data.approval;
const afterChange = [
  ...atWork,
  triaged({ nteCents: limit }),
  changeRequested({ approval: { ...change, amountDeltaCents: cents(250) } }),
] as const;

describe('of triage', () => {
  test('granted: to scheduling, the limit raised', () => {
    given(...afterTriage)
      .when(decideApproval({ decision: 'APPROVED', notes: 'fine' }))
      .then({
        type: 'ApprovalDecided',
        data: { approvalId, decision: 'APPROVED', outcome: 'READY_TO_SCHEDULE', nteCents: cents(1_250), notes: 'fine' },
      });
  });

  test('denied: back to triage, the limit as it was', () => {
    given(...afterTriage)
      .when(decideApproval({ decision: 'DENIED' }))
      .then({
        type: 'ApprovalDecided',
        data: { approvalId, decision: 'DENIED', outcome: 'TRIAGED', nteCents: limit, notes: null },
      });
  });
});

describe('of a change', () => {
  test.each([
    { decision: 'APPROVED', nteCents: cents(1_250) },
    { decision: 'DENIED', nteCents: limit },
  ] as const)('$decision: back to work', ({ decision, nteCents }) => {
    given(...afterChange)
      .when(decideApproval({ decision }))
      .then(approvalDecided({ decision, outcome: 'IN_PROGRESS', nteCents }));
  });

  test('the limit that rises is the one that stands now, and no higher than money goes', () => {
    const nearTop = triaged({ nteCents: cents(MAX_CENTS - 1) });
    given(...afterChange, nearTop)
      .when(decideApproval())
      .then(approvalDecided({ nteCents: cents(MAX_CENTS) }));
  });
});

test('an approval of another ticket is not found', () => {
  given(...afterTriage)
    .when(decideApproval({ approvalId: id(66) }))
    .rejects({ code: 'APPROVAL_NOT_FOUND', details: { approval_id: id(66) } });
});

test.each(['APPROVED', 'DENIED'] as const)('one that was %s is not decided again', (status) => {
  given(...afterChange, approvalDecided({ decision: status }))
    .when(decideApproval())
    .rejects({ code: 'APPROVAL_NOT_PENDING', details: { approval_id: approvalId, status } });
});

test('the one that waits is found among those that were decided', () => {
  given(...afterChange, approvalDecided(), changeRequested({ approval: { ...change, id: id(67) } }))
    .when(decideApproval({ approvalId: id(67) }))
    .then(approvalDecided({ approvalId: id(67), nteCents: cents(0) }));
});
