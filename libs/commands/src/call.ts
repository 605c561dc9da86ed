import type { Json } from '@dispatch/event-store';
import type { ActorId, ActorType, Rejections, TicketCommands, Tool, Uuid } from '@dispatch/ticket';

/** Who acts, as the log remembers it. */
export interface Acting {
  readonly id: ActorId;
  readonly role: string;
  readonly type: ActorType;
}

/** What an actor's scope is held against. */
export interface Target {
  readonly accountId: Uuid;
  readonly siteId: Uuid;
  /** Null before anyone is assigned; undefined where assignment has no bearing. */
  readonly assignedTechId?: Uuid | null;
}

export interface ScopeRefusal {
  readonly scope_field: 'account_id' | 'site_id' | 'technician_id';
  readonly target_id: string | null;
}

/** A request whose actor is known and whose role and tool are allowed. */
export interface Asked {
  readonly tool: string;
  /** Method and path template of the tool's endpoint. */
  readonly endpoint: string;
  readonly actor: Acting;
  /** The Idempotency-Key, lower case. */
  readonly key: Uuid;
  /** The ids of the path by name, lower case. */
  readonly path: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly body: Json;
  readonly correlationId: string;
  readonly traceId: string | null;
  /** W3C trace context of the request, where it is part of a trace that is kept. */
  readonly traceparent?: string;
}

/** One request for one tool of a ticket. */
export interface Call<T extends Tool = Tool> extends Asked {
  readonly tool: T;
  /** The body checked and in the domain's words, or what is wrong with it. Asked once, before anything is read. */
  parse():
    | { readonly input: TicketCommands[T]; readonly ticketId?: Uuid; readonly expectedVersion?: number }
    | Malformed;
  /** Why the actor's scope does not cover a ticket; undefined when it does. */
  outOfScope(target: Target): ScopeRefusal | undefined;
}

export interface Malformed {
  readonly code: 'INVALID_TICKET_ID' | 'INVALID_REQUEST';
  readonly fields: readonly { readonly field: string; readonly message: string }[];
}

/** Every refusal of the command path by the contract's code: the domain's and its own. */
export interface Refusals extends Rejections {
  INVALID_TICKET_ID: Pick<Malformed, 'fields'>;
  INVALID_REQUEST: Pick<Malformed, 'fields'>;
  TICKET_NOT_FOUND: { ticket_id: string };
  FORBIDDEN_SCOPE: ScopeRefusal;
  VERSION_CONFLICT: { expected_version: number | null; actual_version: number | null };
  IDEMPOTENCY_PAYLOAD_MISMATCH: Record<never, never>;
}

export type Refusal<C extends keyof Refusals = keyof Refusals> = {
  [K in C]: { readonly code: K; readonly details: Refusals[K] };
}[C];

export function refuse<C extends keyof Refusals>(code: C, details: Refusals[C]): { readonly rejection: Refusal } {
  return { rejection: { code, details } as Refusal };
}
