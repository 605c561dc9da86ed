import type { JsonObject, Recorded } from '@dispatch/event-store';

/**
 * Reference data: accounts, their sites, and technicians. Each entity is a stream of statements of the whole
 * entity; the last one holds. Entities are kept in the contract's own words, with its defaults filled in.
 */
export interface Entities {
  account: { readonly name: string };
  site: {
    readonly account_id: string;
    readonly name: string;
    readonly address1: string;
    readonly address2: string | null;
    readonly city: string;
    readonly region: string | null;
    readonly postal_code: string | null;
    readonly country: string;
    /** IANA name. */
    readonly timezone: string;
    readonly access_instructions: string | null;
    readonly contacts: readonly Contact[];
  };
  technician: {
    readonly name: string;
    readonly skills: readonly string[];
    readonly provider_id: string | null;
    readonly active: boolean;
  };
}

export type Contact = {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly role: string | null;
  /** Who is called first: lowest first. */
  readonly escalation_level: number | null;
  readonly is_authorized_requester: boolean;
  readonly is_authorized_approver: boolean;
};

export type Kind = keyof Entities;
export const KINDS: readonly Kind[] = ['account', 'site', 'technician'];

/** Somebody stated what the entity is. Also when it was so already: the statement is the fact, and its key is used. */
export const EVENT_OF: Readonly<Record<Kind, string>> = {
  account: 'AccountStated',
  site: 'SiteStated',
  technician: 'TechnicianStated',
};

export const SCHEMA_VERSION = 1;
/** Of a site whose contacts' texts are sealed: see libs/privacy. */
const SEALED_VERSION = 2;

/** Whether this release can read an event of a kind in this version. */
export const isKnownVersion = (kind: Kind, version: number): boolean =>
  version === SCHEMA_VERSION || (kind === 'site' && version === SEALED_VERSION);

/** An entity as its stream leaves it. */
export interface Entry<K extends Kind = Kind> {
  readonly id: string;
  readonly entity: Entities[K];
  /** The event for which what is personal in the entity was sealed; null where nothing is sealed. */
  readonly sealedBy: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const streamOf = (kind: Kind, id: string): string => `${kind}-${id}`;

/** The fold of one kind's streams. Throws for an event that is none of the kind's, or of a newer release. */
export const foldEntry =
  <K extends Kind>(kind: K) =>
  (entry: Entry<K> | undefined, event: Recorded): Entry<K> => {
    if (event.type !== EVENT_OF[kind] || !isKnownVersion(kind, event.schemaVersion))
      throw new Error(`${event.type} of version ${event.schemaVersion} is no event of a ${kind}`);
    return {
      id: event.stream.slice(kind.length + 1),
      // Written by this room's own statements only.
      entity: event.data as JsonObject & Entities[K],
      sealedBy: event.schemaVersion === SEALED_VERSION ? event.id : null,
      version: event.revision,
      createdAt: entry?.createdAt ?? event.at,
      updatedAt: event.at,
    };
  };

/** An entity as the contract shows it. */
export const entryBody = <K extends Kind>({ id, entity, version, createdAt, updatedAt }: Entry<K>): JsonObject => ({
  id,
  ...entity,
  version,
  created_at: createdAt,
  updated_at: updatedAt,
});
