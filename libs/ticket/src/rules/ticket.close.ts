import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** Nothing is left to do. */
export const close: Rule<'ticket.close'> = ({ reason }) => accept('TicketClosed', { reason: reason ?? null });
