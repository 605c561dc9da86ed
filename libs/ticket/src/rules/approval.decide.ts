import { accept, reject } from '../decision.js';
import { roundCents } from '../kernel.js';
import type { Rule } from '../rule.js';

/** The pending approval is granted or refused; a granted amount raises the limit. */
export const decideApproval: Rule<'approval.decide'> = ({ approvalId, decision, notes }, ticket) => {
  const approval = ticket.approvals.find(({ id }) => id === approvalId);
  if (!approval) return reject('APPROVAL_NOT_FOUND', { approval_id: approvalId });
  if (approval.status !== 'PENDING')
    return reject('APPROVAL_NOT_PENDING', { approval_id: approvalId, status: approval.status });
  const approved = decision === 'APPROVED';
  return accept('ApprovalDecided', {
    approvalId,
    decision,
    outcome: approved ? approval.approvedState : approval.deniedState,
    nteCents: approved ? roundCents(ticket.nteCents + approval.amountDeltaCents) : ticket.nteCents,
    notes: notes ?? null,
  });
};
