import type { ActorType, Scope } from './actor.js';
import type { Named } from './refusal.js';

/** The role whose tokens can be bound to one technician (contract, Authentication). */
export const technicianRole = 'tech';

const uuidShape = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const unprintable = /[\p{Cc}\p{Cs}]/u;
const nameLimit = 200;

/**
 * Text that may name an actor or a role. Control characters and lone surrogates are kept out here, since Postgres
 * cannot store them all and a log line must not be forged by them.
 */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= nameLimit && !unprintable.test(value);
}

export function isActorType(value: unknown): value is ActorType {
  return value === 'HUMAN' || value === 'AGENT' || value === 'SERVICE' || value === 'SYSTEM';
}

/** Whom values of a claim or header name, if they name anybody. */
export function namedBy(id: unknown, role: unknown, type: unknown): Named | undefined {
  if (!isName(id)) return undefined;
  return { id, role: isName(role) ? role : null, type: isActorType(type) ? type : null };
}

/** Lower-case, or undefined when it is no UUID. */
export function readUuid(value: unknown): string | undefined {
  return typeof value === 'string' && uuidShape.test(value) ? value.toLowerCase() : undefined;
}

/**
 * `"*"` or a list of UUIDs and `"*"`; an empty list holds nothing. Anything else is undefined, a lone UUID that
 * stands in no list included: one bad entry spoils the whole, since half a scope is nobody's intention.
 */
export function readScope(value: unknown): Scope | undefined {
  if (value === '*') return '*';
  if (!Array.isArray(value)) return undefined;
  const entries: readonly unknown[] = value;
  const ids = new Set<string>();
  let everything = false;
  for (const entry of entries) {
    const id = readUuid(entry);
    if (entry === '*') everything = true;
    else if (id === undefined) return undefined;
    else ids.add(id);
  }
  return everything ? '*' : ids;
}
