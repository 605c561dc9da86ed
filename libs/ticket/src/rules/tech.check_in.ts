import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** The technician has arrived and begins: ON_SITE is passed on the way. */
export const checkIn: Rule<'tech.check_in'> = ({ timestamp, location }) =>
  accept('TechnicianCheckedIn', { arrivedAt: timestamp, location: location ?? null });
