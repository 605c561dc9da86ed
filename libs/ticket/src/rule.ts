import type { OnTicket, TicketCommands } from './commands.js';
import type { Decision } from './decision.js';
import type { Given } from './given.js';
import type { Ticket } from './state.js';

/** Decides one tool: pure, from what is asked, the ticket as it is, and what the caller knows beside it. */
export type Rule<T extends OnTicket> = (input: Readonly<TicketCommands[T]>, ticket: Ticket, given: Given) => Decision;
