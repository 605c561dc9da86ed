import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';

/** An item no longer counts. It stays in the log and the list, marked. */
export const withdrawEvidence: Rule<'closeout.withdraw_evidence'> = ({ evidenceId, reason }, ticket) => {
  const item = ticket.evidence.find(({ id, withdrawn }) => id === evidenceId && !withdrawn);
  return item
    ? accept('EvidenceWithdrawn', { evidenceId, reason })
    : reject('EVIDENCE_NOT_FOUND', { evidence_id: evidenceId });
};
