import type { Json, JsonObject, Recorded } from '@dispatch/event-store';
import type { ActorType } from '@dispatch/ticket';
import type { Asked } from './call.js';

/** What stands beside the facts in every event: who, by which tool, under which policy, and what was asked. */
export interface Provenance extends JsonObject {
  readonly actor: { readonly id: string; readonly role: string; readonly type: ActorType };
  readonly tool: string;
  readonly endpoint: string;
  /** The Idempotency-Key: the command that caused the event. */
  readonly requestId: string;
  readonly contentHash: string;
  /** The body, word for word; what is personal in it sealed, where `sealed` stands beside it: see libs/privacy. */
  readonly request: Json;
  /** RFC 3339; when the request was taken up. The event's own time may be later where a clock was set back. */
  readonly requestedAt: string;
  readonly correlationId: string;
  readonly traceId: string | null;
  readonly policyVersion: string;
}

/** With `traceparent` beside it where the request's trace is kept: what is done with the event later links to it. */
export const provenance = (
  { actor: { id, role, type }, tool, endpoint, key, body, correlationId, traceId, traceparent }: Asked,
  contentHash: string,
  requestedAt: string,
  policyVersion: string,
): Provenance => ({
  actor: { id, role, type },
  tool,
  endpoint,
  requestId: key,
  contentHash,
  request: body,
  requestedAt,
  correlationId,
  traceId,
  policyVersion,
  ...(traceparent !== undefined && { traceparent }),
});

/** As it was written by {@link provenance}. */
export const provenanceOf = (recorded: Recorded): Provenance => recorded.metadata as Provenance;
