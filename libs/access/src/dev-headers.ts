import type { IncomingHttpHeaders } from 'node:http';
import type { Scope } from './actor.js';
import { type Authenticated, type Refused, refuse } from './refusal.js';
import { isActorType, isName, readScope, readUuid, technicianRole } from './values.js';

export interface DevHeaderRules {
  readonly requireTechnicianId: boolean;
  readonly canonicalRole: (name: string) => string;
}

/** The actor that the development headers describe, taken at their word. */
export function readDevHeaders(headers: IncomingHttpHeaders, rules: DevHeaderRules): Authenticated {
  const id = headers['x-actor-id'];
  const role = headers['x-actor-role'];
  const type = headers['x-actor-type'] ?? 'HUMAN';
  const technician = headers['x-technician-id'];
  if (!id) return missing('X-Actor-Id');
  if (!role) return missing('X-Actor-Role');
  if (!isSingleName(id)) return invalid('X-Actor-Id', 'must be one name of 1 to 200 printable characters, no comma');
  if (!isSingleName(role)) return invalid('X-Actor-Role', 'must be one role');
  if (!isActorType(type)) return invalid('X-Actor-Type', 'must be HUMAN, AGENT, SERVICE or SYSTEM');

  const accounts = readScopeHeader(headers['x-account-scope']);
  if (accounts === undefined) return invalid('X-Account-Scope', 'must be * or UUIDs with commas between');
  const sites = readScopeHeader(headers['x-site-scope']);
  if (sites === undefined) return invalid('X-Site-Scope', 'must be * or UUIDs with commas between');

  const technicianId = readUuid(technician);
  if (technician !== undefined && technicianId === undefined) return invalid('X-Technician-Id', 'must be a UUID');
  const canonical = rules.canonicalRole(role);
  const isTechnician = canonical === technicianRole;
  if (isTechnician && rules.requireTechnicianId && technicianId === undefined) return missing('X-Technician-Id');

  return {
    actor: { id, role: canonical, type, accounts, sites, technicianId: isTechnician ? technicianId : undefined },
  };
}

/** Node joins a header that is sent twice with a comma: two ids are not an actor. */
function isSingleName(value: unknown): value is string {
  return isName(value) && !value.includes(',');
}

/** Absent means everything; present and empty is a mistake, not a wish for everything or nothing. */
function readScopeHeader(value: unknown): Scope | undefined {
  if (value === undefined) return '*';
  return typeof value === 'string' ? readScope(value.split(',').map((entry) => entry.trim())) : undefined;
}

function missing(header: string): Refused {
  return refuse('MISSING_ACTOR_CONTEXT', `The header ${header} is required`, { header });
}

function invalid(header: string, what: string): Refused {
  return refuse('INVALID_ACTOR_CONTEXT', `The header ${header} ${what}`, { header });
}
