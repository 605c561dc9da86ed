import type { TicketCommands } from '../commands.js';
import { accept } from '../decision.js';
import { NO_CENTS } from '../kernel.js';
import type { Rule } from '../rule.js';
import type { TriageOutcome } from '../vocabulary.js';

/**
 * How urgent, what kind, and where it goes: the outcome that was named, else by the two switches, else TRIAGED.
 * APPROVAL_REQUIRED opens an approval that leads to scheduling, or back to triage.
 */
export const triage: Rule<'ticket.triage'> = (input, ticket, given) => {
  const outcome = outcomeOf(input);
  return accept('TicketTriaged', {
    priority: input.priority,
    incidentType: input.incidentType,
    nteCents: input.nteCents ?? ticket.nteCents,
    riskFlags: input.riskFlags ?? ticket.riskFlags,
    outcome,
    approval:
      outcome === 'APPROVAL_REQUIRED'
        ? {
            id: given.id,
            type: 'NTE_INCREASE',
            amountDeltaCents: input.approvalAmountDeltaCents ?? NO_CENTS,
            reason: input.approvalReason ?? null,
            approvedState: 'READY_TO_SCHEDULE',
            deniedState: 'TRIAGED',
          }
        : null,
  });
};

function outcomeOf(input: Readonly<TicketCommands['ticket.triage']>): TriageOutcome {
  if (input.workflowOutcome) return input.workflowOutcome;
  if (input.requiresApproval) return 'APPROVAL_REQUIRED';
  return input.readyToSchedule ? 'READY_TO_SCHEDULE' : 'TRIAGED';
}
