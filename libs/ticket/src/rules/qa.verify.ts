import { judgeCloseout } from '../closeout.js';
import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';
import type { Ticket } from '../state.js';

/** PASS judges the closeout again, since evidence may have been withdrawn. FAIL is recorded and may send it back. */
export const verify: Rule<'qa.verify'> = (input, ticket, given) => {
  const { timestamp: inspectedAt, result, notes } = input;
  if (result === 'FAIL')
    return accept('VerificationFailed', {
      inspectedAt,
      notes: notes ?? '',
      outcome: input.returnToWork ? 'IN_PROGRESS' : 'COMPLETED_PENDING_VERIFICATION',
    });
  const { policy, objectStoreSchemes, absentEvidence } = given;
  const completion = completionOf(ticket);
  const closeout = judgeCloseout(ticket, completion, policy.template, objectStoreSchemes, absentEvidence);
  if ('gap' in closeout) return reject('CLOSEOUT_REQUIREMENTS_INCOMPLETE', closeout.gap);
  return accept('WorkVerified', {
    inspectedAt,
    notes: notes ?? null,
    incidentType: closeout.template.incidentType,
    templateVersion: closeout.template.version,
  });
};

function completionOf({ completion, id }: Ticket) {
  if (!completion) throw new Error(`ticket ${id} waits for verification without a completion`);
  return completion;
}
