import type { JsonObject, NewEvent, Recorded } from '@dispatch/event-store';
import {
  currentVersion,
  evolve,
  isTicketEventType,
  type Instant,
  parseInstant,
  parseUuid,
  type Stamp,
  type Ticket,
  type TicketEvent,
  upcast,
  type Uuid,
} from '@dispatch/ticket';
import { type Provenance, provenanceOf } from './provenance.js';

const PREFIX = 'ticket-';

export const ticketStream = (id: Uuid): string => PREFIX + id;

/** The ticket that a stream is of; undefined when it is of something else. */
export const ticketIdOfStream = (stream: string): Uuid | undefined =>
  stream.startsWith(PREFIX) ? parseUuid(stream.slice(PREFIX.length)) : undefined;

/** A decided event as the log takes it. */
export const encode = (event: TicketEvent, id: Uuid, at: Instant, metadata: Provenance): NewEvent => ({
  id,
  type: event.type,
  schemaVersion: currentVersion(event.type),
  data: event.data as unknown as JsonObject,
  metadata,
  at,
});

/** An event of a ticket's stream in today's shape. Throws for what a newer release wrote. */
export function decode({ id, type, schemaVersion, data }: Recorded): TicketEvent {
  if (!isTicketEventType(type)) throw new Error(`event ${id}: this release knows no ${type}`);
  return upcast(type, schemaVersion, data);
}

/** The ticket after one more event of its stream. */
export const foldTicket = (ticket: Ticket | undefined, recorded: Recorded): Ticket =>
  evolve(ticket, decode(recorded), stampOf(recorded));

function stampOf(recorded: Recorded): Stamp {
  const ticketId = parseUuid(recorded.stream.slice(PREFIX.length));
  const at = parseInstant(recorded.at);
  if (!ticketId || !at) throw new Error(`event ${recorded.id} is not an event of a ticket`);
  return { ticketId, revision: recorded.revision, at, by: provenanceOf(recorded).actor.id };
}
