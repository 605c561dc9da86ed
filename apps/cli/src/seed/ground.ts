import { type Entities, EVENT_OF, type Kind, SCHEMA_VERSION, streamOf } from '@dispatch/directory';
import type { JsonObject } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { instantOf, type Uuid } from '@dispatch/ticket';
import type { Random } from './random.js';
import { type Appending, asked, uuid } from './recorded.js';
import { ACCOUNT_NAMES, FIRST_NAMES, LAST_NAMES, PLACES, SKILLS, STREETS } from './words.js';

/** Who and where tickets are about. */
export interface Ground {
  readonly sites: readonly { readonly id: Uuid; readonly accountId: Uuid }[];
  readonly technicians: readonly Technician[];
  /** The statements that made them, in the order in which they may be appended. */
  readonly stated: readonly Appending[];
}

export interface Technician {
  readonly id: Uuid;
  readonly providerId: Uuid;
}

const TICKETS_A_SITE = 20;
const SITES_AN_ACCOUNT = 8;
const SITES_A_TECHNICIAN = 4;
const MOST_SITES = 5_000;

/** Accounts with sites, and technicians: as many as so many tickets call for. */
export function groundOf(tickets: number, random: Random, policy: Policy, since: number): Ground {
  const siteCount = Math.min(MOST_SITES, Math.max(4, Math.ceil(tickets / TICKETS_A_SITE)));
  const ids = (count: number) => Array.from({ length: Math.ceil(count) }, () => uuid(random));
  const accounts = ids(siteCount / SITES_AN_ACCOUNT);
  const providers = ids(3);
  const sites = ids(siteCount).map((id) => ({ id, accountId: random.one(accounts) }));
  const technicians = ids(siteCount / SITES_A_TECHNICIAN).map((id) => ({
    id,
    providerId: random.one(providers),
  }));

  let at = since;
  const state = <K extends Kind>(kind: K, id: Uuid, entity: Entities[K] & JsonObject): Appending => {
    at += 1_000;
    const when = instantOf(at);
    const request = { tool: `${kind}.put`, role: 'admin', actor: 'admin-1', path: { id }, body: entity, at: when };
    const event = { ...asked(request, policy, random), type: EVENT_OF[kind], schemaVersion: SCHEMA_VERSION };
    return { stream: streamOf(kind, id), expected: 'none', event: { ...event, data: entity, at: when } };
  };
  const stated = [
    ...accounts.map((id, index) => state('account', id, { name: `${random.one(ACCOUNT_NAMES)} ${index + 1}` })),
    ...sites.map(({ id, accountId }, index) => state('site', id, site(accountId, index, random))),
    ...technicians.map(({ id, providerId }) => state('technician', id, technician(providerId, random))),
  ];
  return { sites, technicians, stated };
}

function site(accountId: Uuid, index: number, random: Random) {
  const { postal, ...place } = random.one(PLACES);
  return {
    ...place,
    account_id: accountId,
    name: `${place.city}, branch ${index + 1}`,
    address1: `${1 + random.whole(900)} ${random.one(STREETS)}`,
    address2: random.chance(0.2) ? `Floor ${1 + random.whole(9)}` : null,
    postal_code: `${postal}${10 + random.whole(90)}`,
    access_instructions: random.chance(0.5) ? `Ring at gate ${1 + random.whole(9)}; the alarm goes off at 22:00` : null,
    contacts: Array.from({ length: 1 + random.whole(3) }, (_, level) => ({
      name: personName(random),
      phone: `+1 510 555 ${String(random.whole(10_000)).padStart(4, '0')}`,
      email: random.chance(0.6) ? `desk${index + 1}.${level + 1}@example.com` : null,
      role: level === 0 ? 'site manager' : 'desk',
      escalation_level: level + 1,
      is_authorized_requester: random.chance(0.8),
      is_authorized_approver: level === 0,
    })),
  };
}

const technician = (providerId: Uuid, random: Random) => ({
  name: personName(random),
  skills: SKILLS.filter(() => random.chance(0.4)),
  provider_id: providerId,
  active: random.chance(0.95),
});

const personName = (random: Random): string => `${random.one(FIRST_NAMES)} ${random.one(LAST_NAMES)}`;
