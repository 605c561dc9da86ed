import { test } from '@jest/globals';
import { requestChange } from '../testing/commands.js';
import { atWork } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { cents, newId } from '../testing/values.js';

test('an approval is opened that leads back to work, granted or not', () => {
  given(...atWork)
    .when(
      requestChange({
        approvalType: 'NTE_INCREASE',
        reason: 'new closer',
        amountDeltaCents: cents(42_000),
        evidenceRefs: ['s3://evidence/closer.jpg'],
      }),
    )
    .then({
      type: 'ChangeRequested',
      data: {
        approval: {
          id: newId,
          type: 'NTE_INCREASE',
          amountDeltaCents: cents(42_000),
          reason: 'new closer',
          approvedState: 'IN_PROGRESS',
          deniedState: 'IN_PROGRESS',
        },
        evidenceRefs: ['s3://evidence/closer.jpg'],
      },
    });
});

test('a proposal may cost nothing and show nothing', () => {
  given(...atWork)
    .when(requestChange({ approvalType: 'PROPOSAL', reason: 'paint it too' }))
    .then({
      type: 'ChangeRequested',
      data: {
        approval: {
          id: newId,
          type: 'PROPOSAL',
          amountDeltaCents: cents(0),
          reason: 'paint it too',
          approvedState: 'IN_PROGRESS',
          deniedState: 'IN_PROGRESS',
        },
        evidenceRefs: [],
      },
    });
});
