import { decode, factsBody, foldTicket, type Provenance, provenanceOf, ticketBody } from '@dispatch/commands';
import type { Json, JsonObject, Recorded } from '@dispatch/event-store';
import { type Instant, type State, type Ticket, transitions } from '@dispatch/ticket';
import { isDeepStrictEqual } from 'node:util';

/** One event of a ticket as an auditor reads it. */
export interface Step {
  readonly eventId: string;
  readonly position: string;
  readonly version: number;
  readonly at: string;
  readonly type: string;
  readonly by: Pick<Provenance, 'actor' | 'tool' | 'endpoint' | 'requestId' | 'policyVersion' | 'requestedAt'>;
  /** The states passed, the one before first (null: no ticket yet); one state alone where it stayed. */
  readonly states: readonly (State | null)[];
  readonly changes: readonly Change[];
  /** What the event states as fact, in the wire's spelling. */
  readonly facts: JsonObject;
}

/** A field of the ticket, before and after; null where there was nothing. */
export interface Change {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

export interface Replayed {
  readonly steps: readonly Step[];
  /** The ticket after the last step; undefined without one. */
  readonly ticket: Ticket | undefined;
}

/** Where a replay ends: after a version, or before the first event that is later than a time. */
export type Until = { readonly version: number } | { readonly time: Instant };

/** The history of a ticket from the events of its stream, step by step. */
export async function replay(events: AsyncIterable<Recorded>, until?: Until): Promise<Replayed> {
  const steps: Step[] = [];
  let ticket: Ticket | undefined;
  for await (const event of events) {
    if (until && ('version' in until ? event.revision > until.version : event.at > until.time)) break;
    const after = foldTicket(ticket, event);
    steps.push(stepOf(event, ticket, after));
    ticket = after;
  }
  return { steps, ticket };
}

/** What one event did to its ticket. */
export function stepOf(event: Recorded, before: Ticket | undefined, after: Ticket): Step {
  const fact = decode(event);
  const { actor, tool, endpoint, requestId, policyVersion, requestedAt } = provenanceOf(event);
  const passed = transitions(before?.state, fact, after.state);
  return {
    eventId: event.id,
    position: event.position,
    version: event.revision,
    at: event.at,
    type: event.type,
    by: { actor, tool, endpoint, requestId, policyVersion, requestedAt },
    states: passed.length > 0 ? [passed[0]?.from ?? null, ...passed.map(({ to }) => to)] : [after.state],
    changes: changes(before && view(before), view(after)),
    facts: factsBody(fact.data),
  };
}

/** What every event moves, and what is told beside the changes. */
const UNTOLD = new Set(['id', 'state', 'version', 'updated_at', 'created_at', 'pending_approval']);

/** The ticket with what its answer does not show: every approval and every piece of evidence a field of its own. */
function view(ticket: Ticket): JsonObject {
  const approvals = ticket.approvals.map(({ id, type, status, amountDeltaCents }) => [
    `approval ${id}`,
    { type, status, amount_delta_cents: amountDeltaCents },
  ]);
  const evidence = ticket.evidence.map(({ id, kind, evidenceKey, uri, withdrawn }) => [
    `evidence ${id}`,
    { kind, evidence_key: evidenceKey, withdrawn, uri },
  ]);
  return {
    ...ticketBody(ticket),
    ...Object.fromEntries<JsonObject>([...approvals, ...evidence] as [string, JsonObject][]),
    checklist: ticket.checklist && { ...ticket.checklist.items },
    no_signature_reason: ticket.checklist?.noSignatureReason ?? null,
  };
}

function changes(before: JsonObject | undefined, after: JsonObject): Change[] {
  return Object.entries(after)
    .filter(([field]) => !UNTOLD.has(field))
    .map(([field, to]) => ({ field, from: before?.[field] ?? null, to }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to) && !(before === undefined && isEmpty(to)));
}

/** Nothing is news about a ticket that begins with empty lists. */
const isEmpty = (value: Json): boolean => value === null || (Array.isArray(value) && value.length === 0);
