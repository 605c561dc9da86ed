import type { Admitted } from '../admission.js';
import type { Expected } from '../event-store.js';
import { statement } from './rows.js';

/** What dispatch_log.append answers for an item, as text; no position unless it was written. */
export type VerdictRow = [outcome: string, revision: string, position: string | null, prevHash: string, hash: string];

export const appendAll = statement(
  'append',
  'select outcome, revision, position, prev_hash, hash from dispatch_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
);

/** The parallel arrays of dispatch_log.append. */
export function appendValues(batch: readonly Admitted[]): unknown[] {
  return [
    texts(batch.map(({ stream }) => stream)),
    plain(batch.map(({ expected }) => expectedCode(expected))),
    plain(batch.map(({ event }) => event.id)),
    texts(batch.map(({ event }) => event.type)),
    plain(batch.map(({ event }) => event.schemaVersion)),
    texts(batch.map(({ data }) => data)),
    texts(batch.map(({ metadata }) => metadata)),
    plain(batch.map(({ event }) => event.at)),
    plain(batch.map(({ contentHash }) => `"\\\\x${contentHash}"`)),
  ];
}

function expectedCode(expected: Expected): number {
  if (expected === 'any') return -2;
  return expected === 'none' ? -1 : expected;
}

/** An array literal of values that have nothing to escape. */
function plain(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

const TEXT_OID = 25;
const HEADER_BYTES = 20;

/**
 * A text[] in Postgres's binary form (pg sends a Buffer as it is). JSON is full of quotes: escaping them into an array
 * literal and out again costs more than the insert.
 */
function texts(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value));
  const array = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, HEADER_BYTES));
  const header = [1, 0, TEXT_OID, values.length, 1]; // dimensions, holds no null, element type, length, lower bound
  let offset = 0;
  for (const word of header) offset = array.writeInt32BE(word, offset);
  values.forEach((value, index) => {
    offset = array.writeInt32BE(lengths[index] ?? 0, offset);
    offset += array.write(value, offset);
  });
  return array;
}
