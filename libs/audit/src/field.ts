import type { Json, JsonObject } from '@dispatch/event-store';
import { parseCents, parseInstant, parseUuid } from '@dispatch/ticket';

/**
 * How a field of a request is read into the domain's form: undefined for what is not of its kind. The edge refuses
 * more, such as texts that are too long; none of that changes what a request that it let through means.
 */
export type Reader<T> = (value: Json) => T | undefined;

export const text: Reader<string> = (value) => (typeof value === 'string' ? value.trim() : undefined);
/** A word that is compared. */
export const code: Reader<string> = (value) => text(value)?.toUpperCase();
/** As it came. */
export const verbatim: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
export const id = parseUuid as Reader<NonNullable<ReturnType<typeof parseUuid>>>;
export const time = parseInstant as Reader<NonNullable<ReturnType<typeof parseInstant>>>;
export const money = parseCents as Reader<NonNullable<ReturnType<typeof parseCents>>>;
export const number: Reader<number> = (value) => (typeof value === 'number' ? value : undefined);
export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
export const open: Reader<JsonObject> = (value) => (isObject(value) ? value : undefined);
export const booleans: Reader<Readonly<Record<string, boolean>>> = (value) =>
  isObject(value) && Object.values(value).every((member) => typeof member === 'boolean')
    ? (value as Record<string, boolean>)
    : undefined;

export const oneOf =
  <const Word extends string>(words: readonly Word[]): Reader<Word> =>
  (value) =>
    words.find((word) => word === value);

export const list =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = (value as readonly Json[]).map(item);
    return items.includes(undefined) ? undefined : (items as T[]);
  };

/** A field of an object, with when it may be absent. */
export interface Field<T> {
  readonly read: Reader<T>;
  readonly mayBeAbsent: (body: JsonObject) => boolean;
}

export const must = <T>(read: Reader<T>): Field<T> => ({ read, mayBeAbsent: () => false });
export const may = <T>(read: Reader<T>): Field<T> => ({ read, mayBeAbsent: () => true });
/** May be absent unless another field of the body has this value. */
export const mustWith = <T>(other: string, word: string, read: Reader<T>): Field<T> => ({
  read,
  mayBeAbsent: (body) => body[other] !== word,
});

/** A field for each property of an object; one that may be undefined has a field that may be absent. */
export type Fields<Parts> = { readonly [Name in keyof Parts]-?: Field<NonNullable<Parts[Name]>> };

/** An object's properties by their fields, or the place of the first that is wrong. */
export type FromFields<Parts> = (
  body: JsonObject,
) => { readonly read: Parts; readonly fault?: undefined } | { readonly fault: string; readonly read?: undefined };

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Names are the domain's, and stand on the wire in snake case. Null counts as absent, and a stranger is a fault. */
export function fromFields<Parts>(fields: Fields<Parts>, alsoKnown: readonly string[] = []): FromFields<Parts> {
  const known = Object.entries<Field<unknown>>(fields).map(([name, field]) => ({
    key: snakeCase(name),
    name,
    ...field,
  }));
  const keys = new Set([...known.map(({ key }) => key), ...alsoKnown]);
  return (body) => {
    const parts: Record<string, unknown> = {};
    for (const { key, name, read, mayBeAbsent } of known) {
      const value = Object.hasOwn(body, key) ? body[key] : undefined;
      if (value === undefined || value === null) {
        if (mayBeAbsent(body)) continue;
        return { fault: `${key} is missing` };
      }
      const part = read(value);
      if (part === undefined) return { fault: `${key} is not what the field takes` };
      parts[name] = part;
    }
    for (const key in body) if (!keys.has(key)) return { fault: `${key} is not a known field` };
    return { read: parts as Parts };
  };
}

export function object<Parts>(fields: Fields<Parts>): Reader<Parts> {
  const from = fromFields(fields);
  return (value) => (isObject(value) ? from(value).read : undefined);
}

/** The object that a text of the log stands for; an empty one where a forger has put something else. */
export function objectIn(text: string): JsonObject {
  const value = JSON.parse(text) as Json;
  return isObject(value) ? value : {};
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
