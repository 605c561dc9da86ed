import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';
import type { Ticket } from '../state.js';

/** A technician is sent. From TRIAGED only in an emergency, and with a manager's word where policy asks for it. */
export const dispatch: Rule<'assignment.dispatch'> = (input, ticket, { directory, policy }) => {
  const bypass = ticket.state === 'TRIAGED';
  if (!dispatchable(ticket) || (bypass && input.dispatchMode !== 'EMERGENCY_BYPASS'))
    return reject('INVALID_STATE_TRANSITION', { from_state: ticket.state, to_state: 'DISPATCHED' });
  if (bypass && policy.bypassNeedsManager && !input.managerConfirmation)
    return reject('MANAGER_CONFIRMATION_REQUIRED', { policy: 'emergency_bypass' });
  if (!directory.technicianKnown) return reject('TECHNICIAN_NOT_FOUND', { technician_id: input.techId });
  return accept('TechnicianDispatched', {
    techId: input.techId,
    providerId: input.providerId ?? null,
    mode: bypass ? 'EMERGENCY_BYPASS' : 'SCHEDULED',
    reason: input.reason ?? null,
    confirmedBy: input.managerConfirmation?.managerId ?? null,
  });
};

/** Whether priority and state leave a way to dispatch, in whatever mode: only an emergency goes before its window. */
export const dispatchable = ({ state, priority }: Pick<Ticket, 'state' | 'priority'>): boolean =>
  state !== 'TRIAGED' || priority === 'EMERGENCY';
