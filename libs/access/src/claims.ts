import type { Actor, Scope } from './actor.js';
import { type Refused, refuse } from './refusal.js';
import { isActorType, isName, readScope, readUuid, technicianRole } from './values.js';

/** A token's payload: a JSON object whose signature has been checked, and nothing more. */
export type Claims = { readonly [name: string]: unknown };

export interface ClaimRules {
  /** Expected `iss` and `aud`; unchecked when undefined. */
  readonly issuer?: string;
  readonly audience?: string;
  /** Refuses tokens of role tech that are bound to no technician. */
  readonly requireTechnicianId: boolean;
  readonly canonicalRole: (name: string) => string;
}

/** Valid from `notBefore` on and until just before `expires`, in milliseconds since 1970. */
export interface Credentials {
  readonly actor: Actor;
  readonly notBefore: number;
  readonly expires: number;
}

/** The actor that the claims describe; time is checked apart by {@link untimely}, as it is at every use. */
export function readClaims(claims: Claims, rules: ClaimRules): Credentials | Refused {
  const { sub, role, exp, nbf = 0, actor_type: type = 'AGENT', technician_id: technician } = claims;
  if (rules.issuer !== undefined && claims['iss'] !== rules.issuer) return wrong('iss', 'is not the expected issuer');
  if (rules.audience !== undefined && !names(claims['aud'], rules.audience))
    return wrong('aud', 'does not name this service');
  if (!isInstant(exp)) return wrong('exp', 'must be a number of seconds');
  if (!isInstant(nbf)) return wrong('nbf', 'must be a number of seconds');
  if (!isName(sub)) return wrong('sub', 'must be 1 to 200 printable characters');
  if (!isName(role)) return wrong('role', 'must be 1 to 200 printable characters');
  if (!isActorType(type)) return wrong('actor_type', 'must be HUMAN, AGENT, SERVICE or SYSTEM');

  const scopes = readScopes(claims);
  if ('refusal' in scopes) return scopes;

  const technicianId = readUuid(technician);
  if (technician !== undefined && technicianId === undefined) return wrong('technician_id', 'must be a UUID');
  const canonical = rules.canonicalRole(role);
  const isTechnician = canonical === technicianRole;
  if (isTechnician && rules.requireTechnicianId && technicianId === undefined)
    return wrong('technician_id', 'is required for this role');

  const actor = { id: sub, role: canonical, type, ...scopes, technicianId: isTechnician ? technicianId : undefined };
  return { actor, notBefore: nbf * 1000, expires: exp * 1000 };
}

/**
 * Why the credentials do not hold at `now`. To the millisecond, without tolerance: an issuer whose clock may be
 * ahead of ours writes an earlier `nbf`.
 */
export function untimely({ notBefore, expires }: Credentials, now: number): Refused | undefined {
  if (expires <= now) return wrong('exp', 'has passed: the token has expired');
  if (notBefore > now) return wrong('nbf', 'lies ahead: the token is not valid yet');
  return undefined;
}

/**
 * Fails closed: a token that names no scope holds nothing. One that names accounts only holds all of their sites, and
 * one that names sites only holds them under whatever account: what is named narrows, and the other need not be said.
 */
function readScopes(claims: Claims): Pick<Actor, 'accounts' | 'sites'> | Refused {
  const { scope: nested = {} } = claims;
  if (!isObject(nested)) return wrong('scope', 'must be an object with account_ids and site_ids');
  const { account_ids: accountIds = claims['account_ids'], site_ids: siteIds = claims['site_ids'] } = nested;
  const unnamed: Scope = accountIds === undefined && siteIds === undefined ? new Set() : '*';

  const accounts = accountIds === undefined ? unnamed : readScope(accountIds);
  if (accounts === undefined) return wrong('account_ids', 'must be "*" or a list of UUIDs');
  const sites = siteIds === undefined ? unnamed : readScope(siteIds);
  if (sites === undefined) return wrong('site_ids', 'must be "*" or a list of UUIDs');
  return { accounts, sites };
}

function wrong(claim: string, what: string): Refused {
  return refuse('INVALID_AUTH_CLAIMS', `The token's claim ${claim} ${what}`, { claim });
}

/** Seconds since 1970, with or without a fraction. JSON's 1e999 is read as Infinity: a token that never expires. */
function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** `aud` is one name or a list of them (RFC 7519, 4.1.3). */
function names(audience: unknown, expected: string): boolean {
  return audience === expected || (Array.isArray(audience) && audience.includes(expected));
}

export function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
