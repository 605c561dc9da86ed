/**
 * The words everything else is made of, each with the one parser that makes it. A brand is made here and in
 * codecs, nowhere else.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A UUID of any version in lower case. */
export type Uuid = Branded<string, 'Uuid'>;
export type TicketId = Uuid;
export type TechId = Uuid;
/** Who acts: the token's `sub`. Free text, 1–200 characters. */
export type ActorId = string;
/** Integer cents, 0 to {@link MAX_CENTS}. */
export type Cents = Branded<number, 'Cents'>;
/** RFC 3339 UTC with exactly three decimals, so that text order is time order. */
export type Instant = Branded<string, 'Instant'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function parseUuid(text: unknown): Uuid | undefined {
  return typeof text === 'string' && UUID.test(text) ? (text.toLowerCase() as Uuid) : undefined;
}

/** Ten billion dollars: a thousand times any work order, and sums of them stay far below 2^53. */
export const MAX_CENTS = 1_000_000_000_000;

export const NO_CENTS = 0 as Cents;

export function parseCents(value: unknown): Cents | undefined {
  return typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 0 &&
    value <= MAX_CENTS &&
    !Object.is(value, -0)
    ? (value as Cents)
    : undefined;
}

/** A sum of cents, rounded half up; never past {@link MAX_CENTS}. */
export function roundCents(sum: number): Cents {
  return Math.min(Math.round(sum), MAX_CENTS) as Cents;
}

const ISO_INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)$/;
/** What is canonical already, on a day that every month has: nearly all that the log holds. */
const CANONICAL_INSTANT =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * An ISO 8601 instant (date, time and offset) in canonical form, cut to milliseconds. Undefined for anything
 * that names no instant of our calendar: no offset, 30 February, second 60, a year outside 0001–9999.
 */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text === 'string' && CANONICAL_INSTANT.test(text)) return text as Instant;
  const match = typeof text === 'string' ? ISO_INSTANT.exec(text) : null;
  if (!match) return undefined;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '00',
    fraction = '',
    sign,
    offH,
    offM = '00',
  ] = match;
  const leap = (+year % 4 === 0 && +year % 100 !== 0) || +year % 400 === 0;
  const days = +month === 2 && leap ? 29 : (DAYS_IN_MONTH[+month - 1] ?? 0);
  if (+day < 1 || +day > days || +hour > 23 || +minute > 59 || +second > 59) return undefined;
  if (offH !== undefined && (+offH > 23 || +offM > 59)) return undefined;
  const local = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
  );
  const offset = offH === undefined ? 0 : (+offH * 60 + +offM) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = new Date(local - offset);
  const canonical = utc.toISOString();
  return canonical.length === 24 && canonical > '0001' ? (canonical as Instant) : undefined;
}

/** The instant of a clock reading in milliseconds since 1970. */
export function instantOf(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

export function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

/** A plain JSON object whose keys are the sender's business. */
export interface OpenObject {
  readonly [key: string]: OpenValue;
}
export type OpenValue = string | number | boolean | null | readonly OpenValue[] | OpenObject;
