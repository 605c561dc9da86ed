import { type Actor, outsideScope } from '@dispatch/access';
import {
  type Answer,
  type Answered,
  answerTo,
  type Asked,
  commandPath,
  type DirectoryLookup,
  foldedStreams,
  identify,
  provenance,
  type Outcome,
  type Refusal,
  refuse,
  sameRequest,
  type Streams,
} from '@dispatch/commands';
import {
  type Entities,
  type Entry,
  entryBody,
  EVENT_OF,
  foldEntry,
  type Kind,
  SCHEMA_VERSION,
  streamOf,
} from '@dispatch/directory';
import type { EventStore, JsonObject, NewEvent, Recorded } from '@dispatch/event-store';
import type { Vault } from '@dispatch/privacy';
import { instantOf, later, parseInstant, parseUuid, type Uuid } from '@dispatch/ticket';
import { LRUCache } from 'lru-cache';
import type { FieldFault } from '../dto/parse-body.js';
import { openedEntities } from './opened.js';

/** A request to state an entity. */
export interface Statement<K extends Kind> extends Asked {
  readonly kind: K;
  readonly actor: Actor;
  readonly parsed:
    | { readonly id: Uuid; readonly entity: Entities[K]; readonly expectedVersion: number | undefined }
    | { readonly fields: readonly FieldFault[] };
}

export interface DirectoryEntities {
  state<K extends Kind>(statement: Statement<K>): Promise<Answered>;
  get<K extends Kind>(kind: K, id: Uuid): Promise<Entry<K> | undefined>;
  readonly lookup: DirectoryLookup;
}

/** Milliseconds that a command may rest on an entity as this process last saw it. */
const FRESH_FOR = 1000;

/** The directory on the log: the same command path as tickets, with an entity in place of a ticket. */
export function directoryEntities(
  store: EventStore,
  vault: Vault,
  policyVersion: string,
  clock: () => number,
): DirectoryEntities {
  const kinds: { readonly [K in Kind]: Streams<Entry<K>> } = {
    account: foldedStreams(store, foldEntry('account')),
    site: foldedStreams(store, foldEntry('site')),
    technician: foldedStreams(store, foldEntry('technician')),
  };
  const paths = {
    account: commandPath(store, kinds.account),
    site: commandPath(store, kinds.site),
    technician: commandPath(store, kinds.technician),
  } as const;
  const fresh = new LRUCache<string, true>({ max: 10_000, ttl: FRESH_FOR });

  /** Of the commands that come at once one asks the log again; the others rest on what it said last. */
  async function known<K extends Kind>(kind: K, id: Uuid): Promise<Entry<K> | undefined> {
    const stream = streamOf(kind, id);
    if (fresh.has(stream)) return (await kinds[kind].recent(stream))?.state;
    fresh.set(stream, true);
    let entry: Entry<K> | undefined;
    try {
      entry = (await kinds[kind].current(stream))?.state;
      return entry;
    } finally {
      if (!entry) fresh.delete(stream);
    }
  }

  /** The entry as it may be shown; what is kept of it stays sealed. */
  async function opened<K extends Kind>(entry: Entry<K>): Promise<Entry<K>> {
    if (entry.sealedBy === null) return entry;
    const [entity] = await openedEntities(vault, [entry]);
    return { ...entry, entity: entity as JsonObject & Entities[K] };
  }

  /** What a command came to, in the contract's words. */
  async function answered(outcome: Outcome<Entry, Refusal>, expectedVersion?: number): Promise<Answered> {
    const shown = 'state' in outcome ? { ...outcome, state: await opened(outcome.state) } : outcome;
    return answerTo(shown, rendered, expectedVersion);
  }

  const lookup: DirectoryLookup = {
    accountKnown: async (id) => (await known('account', id)) !== undefined,
    accountOfSite: async (id) => parseUuid((await known('site', id))?.entity.account_id),
    technicianKnown: async (id) => (await known('technician', id)) !== undefined,
  };

  return {
    lookup,
    async get(kind, id) {
      const entry = (await kinds[kind].current(streamOf(kind, id)))?.state;
      return entry && opened(entry);
    },

    async state<K extends Kind>(statement: Statement<K>) {
      const { kind, actor, parsed } = statement;
      const { run, refused } = paths[kind];
      const { eventId, contentHash } = identify(statement);
      const repeat = {
        eventId,
        contentHash,
        sameRequest: sameRequest(vault, statement, contentHash),
        mayReplay: (entry: Entry) => outside(actor, kind, entry.id, entry.entity),
      };
      if ('fields' in parsed) return answered(await refused(repeat, refuse('INVALID_REQUEST', parsed)));

      const { id, entity, expectedVersion } = parsed;
      const stream = streamOf(kind, id);
      const isRepeat = async () => (await store.find(eventId)) !== undefined;
      const requestedAt = instantOf(clock());
      const decide = async (entry: Entry | undefined) => {
        const breach = (entry && outside(actor, kind, id, entry.entity)) ?? outside(actor, kind, id, entity);
        if (breach) return { rejection: breach };
        const actual = entry?.version;
        if (expectedVersion !== undefined && expectedVersion !== actual)
          return refuse('VERSION_CONFLICT', { expected_version: expectedVersion, actual_version: actual ?? null });
        const account = accountOf(entity);
        if (account && !(await lookup.accountKnown(account)))
          return refuse('ACCOUNT_NOT_FOUND', { account_id: account });
        const event: NewEvent = {
          id: eventId,
          type: EVENT_OF[kind],
          schemaVersion: SCHEMA_VERSION,
          data: { ...entity },
          metadata: provenance(statement, contentHash, requestedAt, policyVersion),
          at: later(requestedAt, parseInstant(entry?.updatedAt) ?? requestedAt),
        };
        return { event: await vault.seal(stream, event, isRepeat) };
      };
      const outcome = await run<Refusal>({ ...repeat, stream, decide });
      return answered(outcome, expectedVersion);
    },
  };
}

const rendered = (entry: Entry, { revision }: Recorded): Pick<Answer, 'status' | 'body'> => ({
  status: revision === 0 ? 201 : 200,
  body: entryBody(entry),
});

/** Why an actor may not touch an entity: accounts and sites are scoped, technicians are everybody's. */
export function outside(actor: Actor, kind: Kind, id: string, entity: Entities[Kind]): Refusal | undefined {
  if (kind === 'technician') return undefined;
  const target =
    kind === 'account' ? { accountId: id, siteId: undefined } : { accountId: accountOf(entity) ?? '', siteId: id };
  const breach = outsideScope(actor, target);
  return breach && refuse('FORBIDDEN_SCOPE', breach).rejection;
}

const accountOf = (entity: Entities[Kind]): Uuid | undefined =>
  'account_id' in entity ? parseUuid(entity.account_id) : undefined;
