import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** The window and the assignment are given up; scheduling begins again. */
export const reschedule: Rule<'schedule.reschedule'> = ({ reason, requestedBy }) =>
  accept('ScheduleReleased', { reason, requestedBy });
