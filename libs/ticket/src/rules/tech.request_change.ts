import { accept } from '../decision.js';
import { NO_CENTS } from '../kernel.js';
import type { Rule } from '../rule.js';

/** Work stops until the customer has decided; either way it goes on from where it stopped. */
export const requestChange: Rule<'tech.request_change'> = (input, _ticket, { id }) =>
  accept('ChangeRequested', {
    approval: {
      id,
      type: input.approvalType,
      amountDeltaCents: input.amountDeltaCents ?? NO_CENTS,
      reason: input.reason,
      approvedState: 'IN_PROGRESS',
      deniedState: 'IN_PROGRESS',
    },
    evidenceRefs: input.evidenceRefs ?? [],
  });
