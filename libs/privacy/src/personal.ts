import type { Json, JsonObject } from '@dispatch/event-store';

/** A command whose body tells of people, and where. */
interface PersonalRow {
  /** The way to each person from the top of the body: names of members, and `*` for every item of a list. */
  readonly person: readonly string[];
  /** The texts that are sealed one by one; 'whole': the object is sealed as one, since its names are the sender's too. */
  readonly fields: 'whole' | readonly string[];
  /**
   * Where the event's data hold the same texts at the same places: the version of its shape in which they stand sealed
   * there. A release that does not know the version refuses the event; it never shows what is sealed as a name.
   */
  readonly factsVersion?: number;
}

/**
 * The one list of what is personal, by tool. A field that is to be erasable one day is added here before it is first
 * written: what stands in an event in plain can never be taken out of it again.
 *
 * Not in it, and why: who acted (token subjects, technicians' names, where a technician checked in, who confirmed as
 * manager) is what an audit log is kept for; words that people write freely (summary, notes, reasons, metadata of
 * evidence, attachments) are not personal by their schema, and nobody could say of whom they are.
 */
const PERSONAL: Readonly<Record<string, PersonalRow>> = {
  'ticket.create': { person: ['requester_contact'], fields: 'whole' },
  'site.put': { person: ['contacts', '*'], fields: ['name', 'phone', 'email', 'role'], factsVersion: 2 },
};

/** What stands in place of a text that was erased. */
export const ERASED = '[erased]';
/** What stands in place of an object that was erased. */
export const ERASED_OBJECT: JsonObject = { erased: true };
/** What stands in place of what is personal where content is compared that must not tell it. */
const WITHHELD = '[withheld]';
const WITHHELD_OBJECT: JsonObject = { withheld: true };

/** A person in a body. */
export interface Person {
  /** From the top of the body, such as `contacts.0`. */
  readonly place: string;
  readonly value: JsonObject;
}

/** A value that is sealed as one. */
export interface Field {
  /** From the top of the body, such as `contacts.0.name`. */
  readonly place: string;
  /** Index of the person whose it is. */
  readonly person: number;
  readonly value: Json;
  readonly whole: boolean;
}

export const isPersonal = (tool: string): boolean => Object.hasOwn(PERSONAL, tool);

/** The version of an event's shape once the texts in its data are sealed; undefined where its data hold none. */
export const factsVersionOf = (tool: string): number | undefined => rowOf(tool)?.factsVersion;

/** The people in a command's body, also in one that nobody has looked at yet: what has not the form is passed over. */
export function peopleIn(tool: string, body: Json): readonly Person[] {
  const row = rowOf(tool);
  return row ? reach(body, row.person, '') : [];
}

/** The values to seal, in the order of the people. */
export function fieldsIn(tool: string, body: Json): readonly Field[] {
  const fields = rowOf(tool)?.fields ?? [];
  return peopleIn(tool, body).flatMap(({ place, value }, person): Field[] => {
    if (fields === 'whole') return [{ place, person, value, whole: true }];
    return fields.flatMap((name) => {
      const text = Object.hasOwn(value, name) ? value[name] : undefined;
      return typeof text === 'string' ? [{ place: `${place}.${name}`, person, value: text, whole: false }] : [];
    });
  });
}

/** The body with other values at these places; the rest is shared with the one that was given. */
export function withFields(tool: string, body: Json, replace: (field: Field) => Json): Json {
  return fieldsIn(tool, body).reduce(
    (changed, field) => replaced(changed, field.place.split('.'), replace(field)),
    body,
  );
}

/**
 * The body without what is personal in it: the same for the body as it came and as it is sealed, so that a hash of it
 * tells repeats from others and confirms no guess about a person.
 */
export const withheld = (tool: string, body: Json): Json =>
  withFields(tool, body, ({ whole }) => (whole ? WITHHELD_OBJECT : WITHHELD));

function rowOf(tool: string): PersonalRow | undefined {
  return Object.hasOwn(PERSONAL, tool) ? PERSONAL[tool] : undefined;
}

function reach(value: Json | undefined, [step, ...rest]: readonly string[], place: string): Person[] {
  if (step === undefined) return isObject(value) ? [{ place, value }] : [];
  const below = (name: string) => (place === '' ? name : `${place}.${name}`);
  if (step === '*') return isList(value) ? value.flatMap((item, index) => reach(item, rest, below(String(index)))) : [];
  return isObject(value) && Object.hasOwn(value, step) ? reach(value[step], rest, below(step)) : [];
}

function replaced(value: Json | undefined, [step, ...rest]: readonly string[], by: Json): Json {
  if (step === undefined) return by;
  if (isList(value)) return value.map((item, index) => (String(index) === step ? replaced(item, rest, by) : item));
  if (isObject(value)) return { ...value, [step]: replaced(value[step], rest, by) };
  throw new Error(`there is no ${step} to replace`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
