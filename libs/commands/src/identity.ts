import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '@dispatch/event-store';
import { withheld } from '@dispatch/privacy';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import type { Asked } from './call.js';

/** Namespaces of the ids that follow from others. Never change: every repeated command relies on them. */
const COMMANDS = bytesOf('5b0f4c3a-5a0e-5d59-9c1b-6f0d2c1d7a01');
const TICKETS = bytesOf('5b0f4c3a-5a0e-5d59-9c1b-6f0d2c1d7a02');
const ADOPTIONS = bytesOf('5b0f4c3a-5a0e-5d59-9c1b-6f0d2c1d7a03');

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
  uuidOf(COMMANDS, JSON.stringify([actorId, endpoint, key]));

/** The ticket that a ticket.create opens, so that a repeated create meets its own stream. */
export const ticketIdOf = (eventId: Uuid): Uuid => uuidOf(TICKETS, eventId);

/** The event by which a policy set came into use, so that a set is recorded once. */
export const adoptionIdOf = (policyVersion: string): Uuid => uuidOf(ADOPTIONS, policyVersion);

/**
 * What tells a request from others and from its own repeats: see run.ts. What is personal is no part of the hash, which
 * stays when it is erased: see sameRequest in repeat.ts.
 */
export const identify = ({
  actor,
  endpoint,
  key,
  path,
  body,
  tool,
}: Asked): { eventId: Uuid; contentHash: string } => ({
  eventId: eventIdOf({ actorId: actor.id, endpoint, key }),
  contentHash: contentHashOf(path, withheld(tool, body)),
});

/** Hex SHA-256 of the canonical JSON of what was asked: the body together with the ids of the path. */
export const contentHashOf = (path: Readonly<Record<string, string>>, body: Json): string =>
  contentHashOfText(path, canonicalJson(body));

/** {@link contentHashOf} for whoever has the body's canonical text at hand. */
export const contentHashOfText = (path: Readonly<Record<string, string>>, body: string): string =>
  hash('sha256', `{"body":${body},"path":${canonicalJson(path)}}`, 'hex');

/** UUIDv5 (RFC 9562, 5.5). The package uuid takes three times as long for the same, and a create needs two. */
function uuidOf(namespace: Buffer, name: string): Uuid {
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  const id = parseUuid(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
  if (!id) throw new Error('not a UUID');
  return id;
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
