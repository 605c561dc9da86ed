import type { Actor, ActorType } from './actor.js';

export type AccessCode =
  | 'AUTH_REQUIRED'
  | 'INVALID_AUTH_TOKEN'
  | 'INVALID_AUTH_CLAIMS'
  | 'MISSING_ACTOR_CONTEXT'
  | 'INVALID_ACTOR_CONTEXT';

/** Why nobody was recognised. The message names the claim or header and never repeats what stood in it. */
export interface AccessRefusal {
  readonly code: AccessCode;
  readonly message: string;
  readonly details?: { readonly claim: string } | { readonly header: string };
  /** Whom the credentials name: a token whose signature holds, or development headers. For records, never for answers. */
  readonly by?: Named;
}

/** An actor who was named and not recognised. What names nothing that could be one is null. */
export interface Named {
  readonly id: string;
  readonly role: string | null;
  readonly type: ActorType | null;
}

export type Refused = { readonly refusal: AccessRefusal };
export type Authenticated = { readonly actor: Actor } | Refused;

export function refuse(code: AccessCode, message: string, details?: AccessRefusal['details']): Refused {
  return { refusal: details === undefined ? { code, message } : { code, message, details } };
}
