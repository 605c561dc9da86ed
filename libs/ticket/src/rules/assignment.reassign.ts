import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';

/** Another technician or provider takes over; what is not named stays as it was. */
export const reassign: Rule<'assignment.reassign'> = (input, ticket, { directory }) => {
  const { techId, providerId } = input;
  if (techId && !directory.technicianKnown) return reject('TECHNICIAN_NOT_FOUND', { technician_id: techId });
  return accept('AssignmentChanged', {
    override: input.overrideType,
    reasonCode: input.reasonCode,
    note: input.note,
    techId: techId ?? ticket.assignedTechId,
    providerId: providerId ?? ticket.assignedProviderId,
  });
};
