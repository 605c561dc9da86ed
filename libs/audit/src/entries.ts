import { decode, factsBody, foldTicket, provenanceOf } from '@dispatch/commands';
import type { JsonObject, Recorded } from '@dispatch/event-store';
import { type State, type Ticket, type TicketEvent, transitions } from '@dispatch/ticket';
import { sharedFacts } from './shared-facts.js';

/** An event of a ticket with the states that it led between: a line of every exported history. */
export interface Entry {
  readonly recorded: Recorded;
  readonly event: TicketEvent;
  readonly ticketId: string;
  readonly from: State | null;
  readonly to: State;
  /** Passed on the way, in order. */
  readonly through: readonly State[];
}

const PREFIX = 'ticket-';

/** The entries of all tickets among events in log order. Only tickets that are not over are in memory, and little of them. */
export async function* entries(events: AsyncIterable<Recorded>): AsyncGenerator<Entry, void> {
  const open = new Map<string, Ticket>();
  for await (const recorded of events) {
    const { stream } = recorded;
    if (!stream.startsWith(PREFIX)) continue;
    const before = open.get(stream);
    const after = foldTicket(before, recorded);
    if (after.state === 'CLOSED' || after.state === 'CANCELLED') open.delete(stream);
    else open.set(stream, slim(after));
    const event = decode(recorded);
    const through = transitions(before?.state, event, after.state).slice(0, -1);
    yield {
      recorded,
      event,
      ticketId: stream.slice(PREFIX.length),
      from: before?.state ?? null,
      to: after.state,
      through: through.map(({ to }) => to),
    };
  }
}

/** What leads from state to state: no fold looks at the rest to say where a ticket goes. */
const slim = (ticket: Ticket): Ticket => ({
  ...ticket,
  summary: '',
  description: null,
  scheduleOptions: [],
  approvals: [],
  evidence: [],
  checklist: null,
  completion: null,
});

/**
 * The columns of an exported history, in their order: new ones are added at the end, none is ever renamed. `facts` is
 * the event's data in the wire's spelling; with `personal` also what people wrote, and the request word for word.
 */
export function columns({ recorded, event, ticketId, from, to, through }: Entry, personal: boolean): JsonObject {
  const by = provenanceOf(recorded);
  return {
    position: recorded.position,
    event_id: recorded.id,
    ticket_id: ticketId,
    version: recorded.revision,
    time: recorded.at,
    type: recorded.type,
    from_state: from,
    to_state: to,
    through_states: through,
    tool: by.tool,
    actor_id: by.actor.id,
    actor_role: by.actor.role,
    actor_type: by.actor.type,
    policy_version: by.policyVersion,
    request_id: by.requestId,
    requested_at: by.requestedAt,
    correlation_id: by.correlationId,
    trace_id: by.traceId,
    prev_hash: recorded.prevHash,
    hash: recorded.hash,
    facts: factsBody(personal ? event.data : sharedFacts(event)),
    ...(personal && { request: by.request }),
  };
}
