import type { EventStore, Json, JsonObject, Recorded } from '@dispatch/event-store';
import type { Vault } from '@dispatch/privacy';
import { type Instant, type Ticket, transitions, type Uuid } from '@dispatch/ticket';
import { provenanceOf } from './provenance.js';
import type { Streams } from './streams.js';
import { decode, foldTicket, ticketStream } from './ticket-codec.js';
import { factsBody } from './wire.js';

/** A moment of a ticket's life: after an event, or at a time. */
export type AsOf = { readonly version: number } | { readonly time: Instant };

export interface TicketReads {
  /** The ticket as the log has it now, or as it was; undefined before it existed or for a version not reached. */
  ticket(id: Uuid, asOf?: AsOf): Promise<Ticket | undefined>;
  /** Up to `limit` entries from sequence `from` on, in stream order. */
  timeline(id: Uuid, from: number, limit: number): Promise<readonly JsonObject[]>;
}

/** Reads from the ticket's own stream: always current. What is personal is opened, or shown as erased. */
export function ticketReads(store: EventStore, tickets: Streams<Ticket>, vault: Vault): TicketReads {
  return {
    async ticket(id, asOf) {
      const stream = ticketStream(id);
      if (!asOf) return (await tickets.current(stream))?.state;
      if ('version' in asOf) return (await tickets.at(stream, asOf.version))?.state;
      let ticket: Ticket | undefined;
      for await (const event of store.read(stream)) {
        if (event.at > asOf.time) break;
        ticket = foldTicket(ticket, event);
      }
      return ticket;
    },

    async timeline(id, from, limit) {
      const stream = ticketStream(id);
      let ticket = from > 0 ? (await tickets.at(stream, from - 1))?.state : undefined;
      if (from > 0 && !ticket) return [];
      const steps: Step[] = [];
      for await (const recorded of store.read(stream, { from })) {
        const before = ticket?.state;
        ticket = foldTicket(ticket, recorded);
        steps.push({ recorded, before, after: ticket.state });
        if (steps.length === limit) break;
      }
      const requests = await vault.openRequests(steps.map(({ recorded }) => recorded));
      return steps.map((step, index) => entry(id, step, requests[index] ?? null));
    },
  };
}

interface Step {
  readonly recorded: Recorded;
  readonly before: Ticket['state'] | undefined;
  readonly after: Ticket['state'];
}

function entry(ticketId: Uuid, { recorded, before, after }: Step, request: Json): JsonObject {
  const event = decode(recorded);
  const by = provenanceOf(recorded);
  return {
    id: recorded.id,
    ticket_id: ticketId,
    sequence: recorded.revision,
    type: event.type,
    actor_type: by.actor.type,
    actor_id: by.actor.id,
    actor_role: by.actor.role,
    tool_name: by.tool,
    request_id: by.requestId,
    correlation_id: by.correlationId,
    trace_id: by.traceId,
    before_state: before ?? null,
    after_state: after,
    transitions: transitions(before, event, after).map(({ from, to }) => ({ from, to })),
    payload: {
      endpoint: by.endpoint,
      requested_at: by.requestedAt,
      request,
      ...factsBody(event.data),
    },
    policy_version: by.policyVersion,
    created_at: recorded.at,
  };
}
