import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@dispatch/event-store';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { v5 } from 'uuid';
import type { Asked } from './call.js';

/** Namespaces of the ids that follow from others. Never change: every repeated command relies on them. */
const COMMANDS = '5b0f4c3a-5a0e-5d59-9c1b-6f0d2c1d7a01';
const TICKETS = '5b0f4c3a-5a0e-5d59-9c1b-6f0d2c1d7a02';

/** Who asked what, under which key: two requests with the same identity are one command. */
export interface CommandIdentity {
  readonly actorId: string;
  /** Method and path template, e.g. `POST /tickets/{id}/triage`. */
  readonly endpoint: string;
  /** The Idempotency-Key, a UUID in lower case. */
  readonly key: Uuid;
}

/** The id of the event that the command becomes. */
export const eventIdOf = ({ actorId, endpoint, key }: CommandIdentity): Uuid =>
  uuid(v5(JSON.stringify([actorId, endpoint, key]), COMMANDS));

/** The ticket that a ticket.create opens, so that a repeated create meets its own stream. */
export const ticketIdOf = (eventId: Uuid): Uuid => uuid(v5(eventId, TICKETS));

/** What tells a request from others and from its own repeats: see run.ts. */
export const identify = ({ actor, endpoint, key, path, body }: Asked): { eventId: Uuid; contentHash: string } => ({
  eventId: eventIdOf({ actorId: actor.id, endpoint, key }),
  contentHash: contentHashOf(path, body),
});

/** Hex SHA-256 of the canonical JSON of what was asked: the body together with the ids of the path. */
export const contentHashOf = (path: Readonly<Record<string, string>>, body: Json): string =>
  createHash('sha256').update(canonicalJson({ body, path })).digest('hex');

function uuid(text: string): Uuid {
  const id = parseUuid(text);
  if (!id) throw new Error('not a UUID');
  return id;
}
