import type { Json, JsonObject, NewEvent, Recorded } from '@dispatch/event-store';
import { KeyFault, type KeyStore } from './keys.js';
import type { MasterKey } from './master-key.js';
import { knownBy } from './names.js';
import { demandMaster } from './naming.js';
import { openKeys, type OpenKey } from './open-keys.js';
import {
  ERASED,
  ERASED_OBJECT,
  factsVersionOf,
  type Field,
  fieldsIn,
  isObject,
  peopleIn,
  withFields,
} from './personal.js';
import { seal, subjectOf, unseal } from './sealing.js';

/** A value with sealed fields: the body of a request, or an event's data that hold the same at the same places. */
export interface Sealed {
  readonly tool: string;
  /** The event that it was sealed for. */
  readonly eventId: string;
  readonly value: Json;
}

/** Seals what is personal in events before they are appended, and opens it where it is shown. */
export interface Vault {
  /**
   * The event with what is personal in it sealed, and its metadata saying so; as it is where nothing is. `isRepeat` is
   * asked before a person who is not known gets a key: a repeated command leaves no trace, and then its event is as it
   * is, for it cannot be written.
   */
  seal(stream: string, event: NewEvent, isRepeat: () => Promise<boolean>): Promise<NewEvent>;
  /** Values as they may be shown, in their order: opened, or marked as erased. @throws KeyFault, SealBroken */
  open(sealed: readonly Sealed[]): Promise<readonly Json[]>;
  /** Requests of events, word for word where nothing was erased. Costs nothing where none is sealed. */
  openRequests(events: readonly Recorded[]): Promise<readonly Json[]>;
  /** Whether a body, as it came, has the personal values of a recorded one. True for those that nobody can tell any more. */
  holdsSame(event: Recorded, body: Json): Promise<boolean>;
}

/** In metadata: by which scheme what is personal in the event was sealed. */
const SCHEME = 1;

/** Whether what is personal in an event is sealed; else it was written before anything was, and stands there in plain. */
export function isSealed({ metadata }: Pick<NewEvent, 'metadata'>): boolean {
  const { sealed } = metadata;
  if (sealed === undefined) return false;
  if (sealed !== SCHEME)
    throw new KeyFault(`this release cannot read what was sealed by scheme ${JSON.stringify(sealed)}`);
  return true;
}

/** Milliseconds that a process may go on with a key after it was destroyed. */
export const ERASED_WITHIN_MS = 1_000;

export interface VaultParts {
  readonly keys: KeyStore;
  readonly master: MasterKey;
  /** Milliseconds that keys are kept in memory, a second by default. */
  readonly keptMs?: number;
}

/** A vault over keys that are under this master key, or are none yet. @throws KeyFault when they are under another. */
export async function openVault(parts: VaultParts): Promise<Vault> {
  demandMaster(await parts.keys.master(), parts.master);
  return vaultOf(parts);
}

/** The same, where nobody looks at the keys before they are used. */
export function vaultOf({ keys, master, keptMs = ERASED_WITHIN_MS }: VaultParts): Vault {
  const { keysFor, subjectKeys } = openKeys({ keys, master, keptMs });

  async function open(values: readonly Sealed[]): Promise<readonly Json[]> {
    const boxes = values.map(({ tool, value }) =>
      fieldsIn(tool, value).map((field) => ({ field, text: sealedText(field) })),
    );
    const subjects = boxes.flat().map(({ text }) => subjectOf(text));
    if (subjects.length === 0) return values.map(({ value }) => value);
    const found = await subjectKeys(subjects);
    return values.map(({ tool, eventId, value }) =>
      withFields(tool, value, (field) => {
        const text = sealedText(field);
        const key = found.get(subjectOf(text));
        if (key === undefined) throw new KeyFault('a key was not asked for');
        if (key === 'erased') return field.whole ? ERASED_OBJECT : ERASED;
        return unseal(text, key, { eventId, place: field.place });
      }),
    );
  }

  return {
    async seal(stream, event, isRepeat) {
      const tool = toolOf(event.metadata);
      const request = event.metadata.request ?? null;
      const fields = fieldsIn(tool, request);
      if (fields.length === 0) return event;
      const people = peopleIn(tool, request).map(({ value }) => knownBy(value, stream));
      const found = await keysFor(people, isRepeat);
      if (!found) return event;
      const sealed = new Map(fields.map((field) => [field.place, sealedBy(found, event.id, field)]));
      return {
        ...event,
        ...factsSealed(tool, event, sealed),
        metadata: { ...event.metadata, request: withPlaces(tool, request, sealed), sealed: SCHEME },
      };
    },

    open,

    async openRequests(events) {
      const requests = events.map(({ metadata }) => metadata.request ?? null);
      if (!events.some(isSealed)) return requests;
      const sealed = events.flatMap((event, index) => {
        const tool = toolOf(event.metadata);
        return isSealed(event) ? [{ index, tool, eventId: event.id, value: requests[index] ?? null }] : [];
      });
      const opened = await open(sealed);
      sealed.forEach(({ index }, at) => (requests[index] = opened[at] ?? null));
      return requests;
    },

    async holdsSame(event, body) {
      const tool = toolOf(event.metadata);
      const recorded = event.metadata.request ?? null;
      const boxes = fieldsIn(tool, recorded);
      const values = fieldsIn(tool, body);
      if (boxes.length !== values.length) return false;
      const [opened] = await open([{ tool, eventId: event.id, value: recorded }]);
      const shown = fieldsIn(tool, opened ?? null);
      const found = await subjectKeys(boxes.map((field) => subjectOf(sealedText(field))));
      return values.every(({ place, value }, index) => {
        const box = boxes[index];
        if (box?.place !== place) return false;
        return found.get(subjectOf(sealedText(box))) === 'erased' || same(shown[index]?.value, value);
      });
    },
  };
}

const toolOf = ({ tool }: JsonObject): string => (typeof tool === 'string' ? tool : '');

function sealedBy(keys: readonly OpenKey[], eventId: string, { person, place, value }: Field): string {
  const by = keys[person];
  if (!by) throw new KeyFault('a person was given no key');
  return seal(by.subject, by.key, { eventId, place }, value);
}

/** The whole of an object stays an object, as its field must be. */
const withPlaces = (tool: string, value: Json, sealed: ReadonlyMap<string, string>): Json =>
  withFields(tool, value, ({ place, whole }) => {
    const text = sealed.get(place);
    if (text === undefined) throw new KeyFault(`${place} was not sealed`);
    return whole ? { sealed: text } : text;
  });

/** The same texts in the facts: whoever decides the command again without a key still gets the same facts. */
function factsSealed(tool: string, { data }: NewEvent, sealed: ReadonlyMap<string, string>) {
  const schemaVersion = factsVersionOf(tool);
  if (schemaVersion === undefined) return {};
  const facts = withPlaces(tool, data, sealed);
  if (!isObject(facts)) throw new KeyFault('facts are an object');
  return { data: facts, schemaVersion };
}

function sealedText({ value, whole, place }: Field): string {
  const text = whole && isObject(value) ? value.sealed : value;
  if (typeof text === 'string') return text;
  throw new KeyFault(`${place} should be sealed and is not`);
}

/** Whether two values are equal, whatever the order of keys. */
function same(a: Json | undefined, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: Json, i) => same(item, b[i] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key] ?? null))
  );
}
