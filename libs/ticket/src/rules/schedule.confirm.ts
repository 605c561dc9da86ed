import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';

/** A window is agreed. Who may agree to one that was not offered is the policy's to say. */
export const confirm: Rule<'schedule.confirm'> = ({ start, end }, ticket, { policy }) => {
  const proposed = ticket.scheduleOptions.some((option) => option.start === start && option.end === end);
  if (!proposed && !policy.mayConfirmAnyWindow) return reject('SCHEDULE_OPTION_NOT_PROPOSED', { start, end });
  return accept('ScheduleConfirmed', { window: { start, end } });
};
