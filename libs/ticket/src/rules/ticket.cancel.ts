import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** The ticket is given up before its work is complete. */
export const cancel: Rule<'ticket.cancel'> = ({ reason }) => accept('TicketCancelled', { reason });
