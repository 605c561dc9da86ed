import type { JsonObject, NewEvent } from '@dispatch/event-store';
import type { Unrecorded } from './allowance.js';

/** What kind of rule refused. */
export type Dimension = 'authentication' | 'role' | 'tool' | 'scope';

/** The refusals that are recorded, by the contract's codes, each with its dimension. */
export const DENIALS = {
  AUTH_REQUIRED: 'authentication',
  INVALID_AUTH_TOKEN: 'authentication',
  INVALID_AUTH_CLAIMS: 'authentication',
  MISSING_ACTOR_CONTEXT: 'authentication',
  INVALID_ACTOR_CONTEXT: 'authentication',
  FORBIDDEN: 'role',
  TOOL_NOT_ALLOWED: 'tool',
  FORBIDDEN_SCOPE: 'scope',
} as const satisfies Readonly<Record<string, Dimension>>;

export type DenialCode = keyof typeof DENIALS;

export const isDenialCode = (code: string | undefined): code is DenialCode =>
  code !== undefined && Object.hasOwn(DENIALS, code);

/** Who asked, as far as it is known. */
export interface Actor {
  readonly id: string;
  /** Null where what was sent names none that could be one. */
  readonly role: string | null;
  readonly type: string | null;
}

/**
 * A refused attempt, in the words of the wire. What a client writes freely has no place here: no body, no query, no
 * header but the ids of the actor.
 */
export interface Attempt {
  /** When it was refused, RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly code: DenialCode;
  readonly dimension: Dimension;
  /** The claim, header or field of the scope that was wrong; null where the code says it all. */
  readonly field: string | null;
  /** Of FORBIDDEN_SCOPE: the account, site or technician that is not covered, a UUID. */
  readonly target_id: string | null;
  /**
   * Of the codes of role, tool and scope the actor who was recognised; of INVALID_AUTH_CLAIMS whom the signed token
   * names; of the codes of the development headers whom those name. Null where nothing that was sent is to be believed.
   */
  readonly actor: Actor | null;
  /** The tool of the endpoint; null for a route that is none. */
  readonly tool: string | null;
  /** Of TOOL_NOT_ALLOWED: the tool that was named, where there is one of that name. */
  readonly asked_tool: string | null;
  readonly method: string;
  /** The path's template, never what stood in it. */
  readonly endpoint: string;
  /** The ticket of the path, a UUID. */
  readonly ticket_id: string | null;
  /** The network that the request came from, such as 192.0.2.0/24: see network.ts. */
  readonly network: string | null;
}

/** What stands in the security streams. */
export const DENIED = 'AttemptsDenied';
export const NOT_RECORDED = 'AttemptsNotRecorded';
export const SCHEMA_VERSION = 1;
/** Attempts in one event at most. */
export const MOST_IN_EVENT = 100;

const PREFIX = 'security-';
const STREAM = /^security-(\d{4}-\d{2}-\d{2})$/;

/** The stream of the day (UTC) on which it was refused. */
export const securityStreamOf = (at: string): string => PREFIX + at.slice(0, 10);

export const isSecurityStream = (stream: string): boolean => stream.startsWith(PREFIX);

/** The day of a security stream; undefined when its name is of no day. */
export const dayOf = (stream: string): string | undefined => STREAM.exec(stream)?.[1];

export const denied = (id: string, attempts: readonly Attempt[]): NewEvent => ({
  ...envelope(id),
  type: DENIED,
  data: { attempts: attempts as unknown as readonly JsonObject[] },
  at: attempts.reduce((latest, { at }) => (at > latest ? at : latest), ''),
});

export const notRecorded = (id: string, unrecorded: Unrecorded): NewEvent => ({
  ...envelope(id),
  type: NOT_RECORDED,
  data: unrecorded as unknown as JsonObject,
  at: unrecorded.to,
});

const envelope = (id: string) => ({
  id,
  schemaVersion: SCHEMA_VERSION,
  metadata: { actor: { id: 'dispatch-api', role: 'system', type: 'SYSTEM' } },
});
