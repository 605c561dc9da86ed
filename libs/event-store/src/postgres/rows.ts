import type { QueryArrayConfig } from 'pg';
import type { Link, Recorded } from '../event-store.js';
import { parsedObject } from '../hash.js';
import { LINKS } from '../links.js';
import type { RecordedText } from '../log-texts.js';

/** The columns of {@link SELECTED}, all as text: cheaper than pg's own parsing, and bigint stays exact. */
export type EventRow = [
  position: string,
  stream: string,
  revision: string,
  id: string,
  type: string,
  schemaVersion: string,
  data: string,
  metadata: string,
  prevHash: string,
  hash: string,
  recordedAt: string,
  octets: string,
];

/** The columns of a link, as text. */
export type LinkRow = [position: string, stream: string, revision: string, hash: string];

/** A batch of a read; more may follow only when it is full. */
export interface Page<Row = EventRow> {
  readonly rows: readonly Row[];
  readonly full: boolean;
}

const SELECTED =
  'position, stream, revision, event_id, type, schema_version, data, metadata, prev_hash, hash, recorded_at, octets';

const PAGE_ROWS = LINKS;
/** A page ends with the event that reaches this many bytes. */
const PAGE_BYTES = 4 * 1024 * 1024;

export const headOfLog = statement('head', 'select position from dispatch_log.head');

export const findOne = statement('find', `select ${SELECTED} from dispatch_log.events where event_id = $1`);

export const pageOfStream = statement('page_of_stream', page('stream = $1 and revision >= $2', 'revision'));

export const pageOfLog = statement('page_of_log', page('position > $1 and position <= $2', 'position'));

export const linksOfLog = statement(
  'links_of_log',
  `select position, stream, revision, hash from dispatch_log.events
    where position > $1 and position <= $2 order by position limit ${LINKS}`,
);

export function asPage(rows: readonly EventRow[]): Page {
  const bytes = rows.reduce((sum, row) => sum + Number(row[11]), 0);
  return { rows, full: rows.length === PAGE_ROWS || bytes >= PAGE_BYTES };
}

export function recorded(row: EventRow): Recorded {
  const [position, stream, revision, id, type, schemaVersion, data, metadata, prevHash, hash, recordedAt] = row;
  return {
    id,
    type,
    schemaVersion: Number(schemaVersion),
    data: parsedObject(data),
    metadata: parsedObject(metadata),
    at: instant(recordedAt),
    stream,
    revision: Number(revision),
    position,
    prevHash: hex(prevHash),
    hash: hex(hash),
  };
}

export function link([position, stream, revision, hash]: LinkRow): Link {
  return { position, stream, revision: Number(revision), hash: hex(hash) };
}

export function recordedText(row: EventRow): RecordedText {
  const [position, stream, revision, id, type, schemaVersion, data, metadata, prevHash, hash, recordedAt] = row;
  return {
    id,
    type,
    schemaVersion: Number(schemaVersion),
    data,
    metadata,
    at: instant(recordedAt),
    stream,
    revision: Number(revision),
    position,
    prevHash: hex(prevHash),
    hash: hex(hash),
  };
}

/** A bytea's text is the hex after `\x`. */
export function hex(bytea: string): string {
  return bytea.slice(2);
}

/** `2026-01-31 08:00:00.5+00`, as a session in UTC writes it: zeros at the end of the fraction are left out. */
function instant(text: string): string {
  const milliseconds = text.slice(20, -3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

/** Rows up to both bounds. The sum runs over `octets` alone, so the texts of rows beyond it are never fetched. */
function page(where: string, order: string): string {
  return `
    select ${SELECTED} from (
      select *, sum(octets) over (order by ${order} rows unbounded preceding) - octets as before
      from (
        select ${SELECTED} from dispatch_log.events where ${where} order by ${order} limit ${PAGE_ROWS}
      ) counted
    ) weighed
    where before < ${PAGE_BYTES} order by ${order}`;
}

/** Prepared once a connection, answered in rows of text. */
export function statement(name: string, text: string): QueryArrayConfig {
  return { name: `dispatch_${name}`, text, rowMode: 'array', types: { getTypeParser: () => (value: string) => value } };
}
