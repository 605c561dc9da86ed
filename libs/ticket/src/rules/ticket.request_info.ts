import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** The requester is asked for what is missing; the delay is theirs from here on. */
export const requestInfo: Rule<'ticket.request_info'> = ({ missingFields, message }) =>
  accept('InfoRequested', { missingFields, message: message ?? null });
