import { randomUUID } from 'node:crypto';
import type { Json } from '@dispatch/event-store';
import { parseUuid, type TicketCommand, type Uuid } from '@dispatch/ticket';
import type { Call, Malformed, Target, ScopeRefusal } from '../call.js';

export interface CallParts {
  /** The ticket of the path; none for ticket.create. */
  readonly ticketId?: Uuid;
  readonly key?: Uuid;
  readonly actorId?: string;
  readonly role?: string;
  readonly expectedVersion?: number;
  /** What the edge found wrong with the body. */
  readonly malformed?: Malformed;
  readonly outOfScope?: (target: Target) => ScopeRefusal | undefined;
}

/** A command as the HTTP shell hands it over. Its body is the command's input, through JSON text and back. */
export function callOf({ tool, input }: TicketCommand, parts: CallParts = {}): Call {
  const { ticketId, key = newUuid(), actorId = 'dana', role = 'dispatcher', expectedVersion, malformed } = parts;
  const body: Json = JSON.parse(JSON.stringify({ ...input, expected_version: expectedVersion }));
  return {
    tool,
    endpoint: `POST ${tool}`,
    actor: { id: actorId, role, type: 'HUMAN' },
    key,
    path: ticketId ? { id: ticketId } : {},
    body,
    correlationId: 'correlation',
    traceId: null,
    parse: () => malformed ?? { input, ticketId, expectedVersion },
    outOfScope: parts.outOfScope ?? (() => undefined),
  };
}

export function newUuid(): Uuid {
  const id = parseUuid(randomUUID());
  if (!id) throw new Error('randomUUID makes UUIDs');
  return id;
}
