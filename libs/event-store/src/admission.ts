import { EventTooLarge, type Expected, type NewEvent } from './event-store.js';
import { canonicalJson, contentHashOf } from './hash.js';

/** An append that has been checked, in the texts it is written as. */
export interface Admitted {
  readonly stream: string;
  readonly expected: Expected;
  readonly event: NewEvent;
  /** Canonical JSON. */
  readonly data: string;
  readonly metadata: string;
  /** See contentHash in hash.ts. */
  readonly contentHash: string;
}

/** UTF-16 units of a stream's or a type's name: what every log's index can hold. */
export const MAX_NAME = 255;
/** UTF-16 units of `data` and `metadata` together. */
export const MAX_EVENT = 16 * 1024 * 1024;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** JSON.stringify writes NUL and lone surrogates as escapes; an even number of backslashes before is plain text. */
const UNFIT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/**
 * Refuses, before anything is sent, what a log would not give back as it was, or what would fail the batch it
 * travels in and so the appends of others.
 * @throws RangeError that names the field.
 */
export function admit(stream: string, expected: Expected, event: NewEvent): Admitted {
  const data = canonicalJson(event.data);
  const metadata = canonicalJson(event.metadata);
  demand(isName(stream), 'stream', stream);
  demand(typeof expected === 'string' || isWithin(expected, 0, 2 ** 31 - 2), 'expected', expected);
  demand(UUID.test(event.id), 'id', event.id);
  demand(isName(event.type), 'type', event.type);
  demand(isWithin(event.schemaVersion, 1, 2 ** 15 - 1), 'schemaVersion', event.schemaVersion);
  demand(isInstant(event.at), 'at', event.at);
  demand(isFit(data), 'data', 'NUL or a lone surrogate');
  demand(isFit(metadata), 'metadata', 'NUL or a lone surrogate');
  const characters = data.length + metadata.length;
  if (characters > MAX_EVENT)
    throw new EventTooLarge(`an event cannot be appended with this data: ${characters} characters`);
  return { stream, expected, event, data, metadata, contentHash: contentHashOf(stream, event, data, metadata) };
}

function demand(met: boolean, field: string, found: string | number): void {
  if (!met) throw new RangeError(`an event cannot be appended with this ${field}: ${JSON.stringify(found)}`);
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME && isFit(JSON.stringify(name));
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Years that Postgres knows, and days that exist: 30 February parses, but comes back as another day. */
function isInstant(at: string): boolean {
  if (!INSTANT.test(at) || at.startsWith('0000')) return false;
  const everyMonthHasIt = at.slice(8, 10) <= '28';
  return everyMonthHasIt || new Date(at).toISOString() === at;
}

function isFit(json: string): boolean {
  return !json.includes('\\u') || !UNFIT.test(json);
}
