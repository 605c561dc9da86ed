import type { TicketReads } from '@dispatch/commands';
import type { Ticket } from '@dispatch/ticket';
import { cursorAt } from '../query.js';

export const TIMELINE_PAGE = { most: 500, usual: 500 };

/** Entries of a ticket's own stream from a sequence on, as GET /tickets/{id}/timeline answers them. */
export async function timelinePage(
  reads: TicketReads,
  { id, version }: Pick<Ticket, 'id' | 'version'>,
  from = 0,
  limit = TIMELINE_PAGE.usual,
) {
  const events = await reads.timeline(id, from, limit);
  const next = from + events.length;
  return { ticket_id: id, events, next_cursor: next <= version ? cursorAt(next) : null };
}
