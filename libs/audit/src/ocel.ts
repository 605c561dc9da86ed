import { factsBody, provenanceOf } from '@dispatch/commands';
import type { Json } from '@dispatch/event-store';
import type { TicketEventType } from '@dispatch/ticket';
import type { Entry } from './entries.js';
import { sharedFacts } from './shared-facts.js';

/**
 * Histories as an object-centric event log, OCEL 2.0 (https://www.ocel-standard.org, JSON format): an event touches
 * its ticket, the actor, and whatever else it names. Values are texts, as the published JSON Schema has them; their
 * types are declared beside.
 */
type AttributeType = 'string' | 'time' | 'integer';

export interface OcelEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly relationships: readonly Relationship[];
}

export interface OcelObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly attributes: readonly { readonly name: string; readonly value: string; readonly time: string }[];
  readonly relationships: readonly Relationship[];
}

interface Relationship {
  readonly objectId: string;
  readonly qualifier: string;
}

const OBJECTS = {
  ticket: { state: 'string', priority: 'string', incident_type: 'string', nte_cents: 'integer', currency: 'string' },
  account: {},
  site: {},
  technician: {},
  provider: {},
  actor: { role: 'string', type: 'string' },
  approval: { decision: 'string' },
  evidence: { evidence_key: 'string', checksum: 'string' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, AttributeType>>>>;
export type ObjectType = keyof typeof OBJECTS;

/** Of every event, whatever its type. */
const COMMON = {
  tool: 'string',
  actor_role: 'string',
  actor_type: 'string',
  from_state: 'string',
  to_state: 'string',
  policy_version: 'string',
} as const satisfies Readonly<Record<string, AttributeType>>;

/** Facts that are attributes of their event; those that name an object are relationships, and windows are two times. */
const FACTS: Readonly<Record<string, AttributeType>> = {
  asset_id: 'string',
  nte_cents: 'integer',
  currency: 'string',
  priority: 'string',
  incident_type: 'string',
  outcome: 'string',
  requested_by: 'string',
  mode: 'string',
  override: 'string',
  reason_code: 'string',
  decision: 'string',
  arrived_at: 'time',
  completed_at: 'time',
  inspected_at: 'time',
  template_version: 'string',
  evidence_key: 'string',
  checksum: 'string',
  total_cents: 'integer',
};

/** Facts that name an object, with its type and what it is to the event. */
const NAMED: Readonly<Record<string, readonly [type: ObjectType, qualifier: string]>> = {
  account_id: ['account', 'for'],
  site_id: ['site', 'at'],
  tech_id: ['technician', 'assigned'],
  provider_id: ['provider', 'assigned'],
  approval_id: ['approval', 'decides'],
  evidence_id: ['evidence', 'about'],
};

const declared = (types: Readonly<Record<string, AttributeType>>) =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

/** `objectTypes` and `eventTypes` of the log. */
export const ocelTypes = (eventTypes: readonly TicketEventType[]) => ({
  objectTypes: Object.entries(OBJECTS).map(([name, attributes]) => ({ name, attributes: declared(attributes) })),
  eventTypes: eventTypes.map((name) => ({ name, attributes: declared({ ...COMMON, ...FACTS }) })),
});

export const objectId = (type: ObjectType, id: string): string => `${type}-${id}`;

export function ocelEvent(entry: Entry): OcelEvent {
  const { recorded, from, to, ticketId } = entry;
  const { actor, tool, policyVersion } = provenanceOf(recorded);
  const facts = factsOf(entry);
  const common: Readonly<Record<keyof typeof COMMON, string | null>> = {
    tool,
    actor_role: actor.role,
    actor_type: actor.type,
    from_state: from,
    to_state: to,
    policy_version: policyVersion,
  };
  return {
    id: recorded.id,
    type: recorded.type,
    time: recorded.at,
    attributes: [...Object.entries(common), ...facts.filter(([name]) => name in FACTS)].flatMap(([name, value]) =>
      value === null ? [] : [{ name, value: textOf(value) }],
    ),
    relationships: [
      { objectId: objectId('ticket', ticketId), qualifier: 'of' },
      { objectId: objectId('actor', actor.id), qualifier: 'by' },
      ...named(entry).map(([type, id, qualifier]) => ({ objectId: objectId(type, id), qualifier })),
    ],
  };
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const factsOf = ({ event }: Entry) => Object.entries(factsBody(sharedFacts(event)));

/** The objects that an event names beside its ticket and its actor. */
function named(entry: Entry): [type: ObjectType, id: string, qualifier: string][] {
  const { event } = entry;
  const opened = 'approval' in event.data ? event.data.approval : null;
  const found = factsOf(entry).flatMap(([name, id]): [ObjectType, string, string][] => {
    const [type, qualifier] = NAMED[name] ?? [];
    return type && qualifier && typeof id === 'string' ? [[type, id, qualifier]] : [];
  });
  return opened ? [...found, ['approval', opened.id, 'opens']] : found;
}

/** The objects of a log, gathered from its entries in order. */
export interface OcelObjects {
  /** Takes in an entry; answers the objects that are complete with it, those of a ticket that is over. */
  add(entry: Entry): readonly OcelObject[];
  /** All that is left. */
  rest(): readonly OcelObject[];
}

interface Gathering {
  readonly type: ObjectType;
  readonly attributes: { name: string; value: string; time: string }[];
  readonly relationships: Map<string, Relationship>;
}

/** In memory are the objects of tickets that are not over, and the directory's: those live on beside the tickets. */
export function ocelObjects(): OcelObjects {
  const lasting = new Map<string, Gathering>();
  const tickets = new Map<string, Map<string, Gathering>>();

  function gathering(place: Map<string, Gathering>, type: ObjectType, id: string): Gathering {
    const known = place.get(id) ?? { type, attributes: [], relationships: new Map<string, Relationship>() };
    place.set(id, known);
    return known;
  }

  /** Notes a value that is not what the object had already. */
  function note({ attributes }: Gathering, name: string, value: Json | undefined, time: string): void {
    if (value === undefined || value === null) return;
    const text = textOf(value);
    if (attributes.findLast((one) => one.name === name)?.value !== text) attributes.push({ name, value: text, time });
  }

  function add(entry: Entry): readonly OcelObject[] {
    const { recorded, ticketId, to } = entry;
    const { at: time } = recorded;
    const { actor } = provenanceOf(recorded);
    const facts = new Map(factsOf(entry));
    const own = tickets.get(ticketId) ?? new Map<string, Gathering>();
    tickets.set(ticketId, own);

    const ticket = gathering(own, 'ticket', objectId('ticket', ticketId));
    note(ticket, 'state', to, time);
    for (const name of ['priority', 'incident_type', 'nte_cents', 'currency'])
      note(ticket, name, facts.get(name), time);
    const by = gathering(lasting, 'actor', objectId('actor', actor.id));
    note(by, 'role', actor.role, time);
    note(by, 'type', actor.type, time);
    for (const [type, id, qualifier] of named(entry)) {
      const isOwn = type === 'approval' || type === 'evidence';
      const name = objectId(type, id);
      const object = gathering(isOwn ? own : lasting, type, name);
      for (const attribute of Object.keys(OBJECTS[type])) note(object, attribute, facts.get(attribute), time);
      const relation = isOwn ? 'has' : qualifier;
      ticket.relationships.set(`${relation} ${name}`, { objectId: name, qualifier: relation });
    }
    const [account, site] = [facts.get('account_id'), facts.get('site_id')];
    if (typeof account === 'string' && typeof site === 'string') {
      const of = { objectId: objectId('account', account), qualifier: 'of' };
      gathering(lasting, 'site', objectId('site', site)).relationships.set(`of ${account}`, of);
    }
    if (to !== 'CLOSED' && to !== 'CANCELLED') return [];
    tickets.delete(ticketId);
    return objectsOf(own);
  }

  return {
    add,
    rest: () => [...[...tickets.values()].flatMap(objectsOf), ...objectsOf(lasting)],
  };
}

const objectsOf = (gathered: ReadonlyMap<string, Gathering>): OcelObject[] =>
  Array.from(gathered, ([id, { type, attributes, relationships }]) => ({
    id,
    type,
    attributes,
    relationships: [...relationships.values()],
  }));
