import type { TicketEvent, TicketEventType } from '../events.js';
import { type ActorId, type OpenObject, parseInstant, parseUuid } from '../kernel.js';
import type { Stamp, Ticket } from '../state.js';
import { evolve } from '../ticket.js';
import { currentVersion, upcast } from '../upcast.js';
import { known } from './values.js';

/** An event as it stands in a log: plain JSON, with the version of its shape. */
export interface Logged {
  readonly type: TicketEventType;
  readonly schemaVersion: number;
  readonly data: OpenObject;
  readonly at: string;
  readonly by: ActorId;
}

/** Through JSON text and back, as every log does it. */
export function logged({ type, data }: TicketEvent, { at, by }: Pick<Stamp, 'at' | 'by'>): Logged {
  return JSON.parse(JSON.stringify({ type, schemaVersion: currentVersion(type), data, at, by }));
}

export const read = ({ type, schemaVersion, data }: Logged): TicketEvent => upcast(type, schemaVersion, data);

/** The ticket after each event of a stream, the last one last. */
export function replayed(ticketId: string, stream: readonly Logged[]): readonly Ticket[] {
  const id = known(parseUuid(ticketId));
  const tickets: Ticket[] = [];
  for (const [revision, one] of stream.entries()) {
    const stamp = { ticketId: id, revision, at: known(parseInstant(one.at)), by: one.by };
    tickets.push(evolve(tickets.at(-1), read(one), stamp));
  }
  return tickets;
}
