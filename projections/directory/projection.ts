import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Projection } from '@dispatch/projection';

export type DirectoryKind = 'account' | 'site' | 'technician';

type Entity = Readonly<Record<string, unknown>>;
export type DirectoryEvent = {
  readonly type: 'AccountStated' | 'SiteStated' | 'TechnicianStated';
  readonly data: Entity;
  /** The event for which what is personal in it was sealed; null where nothing is. */
  readonly sealedBy: string | null;
};

/** An entity as it was last stated. */
export interface DirectoryRow {
  readonly kind: DirectoryKind;
  readonly id: string;
  /** Whose it is: a site's account, an account itself; null for a technician. */
  readonly account_id: string | null;
  /** A site itself; null for the others. */
  readonly site_id: string | null;
  readonly name: string;
  /** In the contract's words, without id, version and times. */
  readonly entity: Entity;
  /** The event for which texts in the entity were sealed: they stay so here, and are opened when they are shown. */
  readonly sealed_by: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

const TYPES: ReadonlySet<string> = new Set<DirectoryEvent['type']>(['AccountStated', 'SiteStated', 'TechnicianStated']);
const isStatement = (type: string): type is DirectoryEvent['type'] => TYPES.has(type);

const stated =
  (kind: DirectoryKind) =>
  ({ event, id, revision, at }: Fact<DirectoryEvent>): DirectoryRow => ({
    kind,
    id,
    account_id: kind === 'account' ? id : kind === 'site' ? text(event.data, 'account_id') : null,
    site_id: kind === 'site' ? id : null,
    name: text(event.data, 'name'),
    entity: event.data,
    sealed_by: event.sealedBy,
    version: revision,
    created_at: at,
    updated_at: at,
  });

const restated =
  (kind: DirectoryKind) =>
  (row: DirectoryRow, fact: Fact<DirectoryEvent>): DirectoryRow => ({
    ...stated(kind)(fact),
    created_at: row.created_at,
  });

function text(data: Entity, field: string): string {
  const value = data[field];
  if (typeof value !== 'string') throw new Error(`the statement has no ${field}`);
  return value;
}

/** A site whose contacts' texts are sealed is of version 2. */
const isKnown = (type: DirectoryEvent['type'], version: number) =>
  version === 1 || (type === 'SiteStated' && version === 2);

/** Accounts, sites and technicians. */
export const directory: Projection<DirectoryRow, DirectoryEvent> = {
  name: 'directory',
  version: 2,
  sql: readFileSync(join(import.meta.dirname, 'table.sql'), 'utf8'),
  streams: ['account-', 'site-', 'technician-'],
  decode({ id, type, schemaVersion, data }) {
    if (!isStatement(type) || !isKnown(type, schemaVersion))
      throw new Error(`event ${id}: this release knows no ${type} of version ${schemaVersion}`);
    return { type, data, sealedBy: schemaVersion === 2 ? id : null };
  },
  begins: { AccountStated: stated('account'), SiteStated: stated('site'), TechnicianStated: stated('technician') },
  when: { AccountStated: restated('account'), SiteStated: restated('site'), TechnicianStated: restated('technician') },
};
