import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** Windows are offered; the first stands as the schedule until one is confirmed. */
export const propose: Rule<'schedule.propose'> = ({ options }) => accept('ScheduleProposed', { options });
