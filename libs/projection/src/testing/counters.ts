import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, Recorded } from '@dispatch/event-store';
import type { Projection } from '../projection.js';

/** A small read model: counters that are opened, added to, renamed and closed. */
export interface CounterRow {
  readonly title: string;
  readonly total: number;
  readonly changed_at: string;
  readonly tags: readonly string[];
}

interface Opened {
  readonly type: 'Opened';
  readonly data: { readonly title: string };
}
interface Added {
  readonly type: 'Added';
  readonly data: { readonly n: number };
}
interface Closed {
  readonly type: 'Closed';
  readonly data: object;
}
export type CounterEvent = Opened | Added | Closed;

/** Adding this throws in the fold, as long as `broken.now`. */
export const POISON = 666;
/** Totals beyond this are refused by the table. */
export const TABLE_LIMIT = 1_000_000;

export interface CountersOptions {
  readonly version?: number;
  /** Is asked at each {@link POISON}: whether the fold still has its bug. */
  readonly broken?: () => boolean;
  /** Added to every total: what a version may change. */
  readonly step?: number;
  readonly extraColumn?: boolean;
}

export function counters({ version = 1, broken = () => true, step = 0, extraColumn = false }: CountersOptions = {}) {
  const projection: Projection<CounterRow, CounterEvent> = {
    name: 'counters',
    version,
    sql: `
      create table :table (
        key text primary key, stale boolean not null default false,
        title text not null, total integer not null check (total < ${TABLE_LIMIT}), changed_at timestamptz not null,
        tags jsonb not null${extraColumn ? ', note text' : ''}
      );
      create index on :table (total);`,
    streams: ['counter-'],
    decode: (recorded) => decoded(recorded),
    begins: { Opened: ({ event, at }) => ({ title: event.data.title, total: 0, changed_at: at, tags: [] }) },
    when: {
      Added(row, { event, at }) {
        if (event.data.n === POISON && broken()) throw new RangeError('thirteen');
        return { ...row, total: row.total + event.data.n + step, changed_at: at, tags: [...row.tags, at].slice(-2) };
      },
      Closed: () => null,
    },
  };
  return projection;
}

function decoded({ type, data }: Recorded): CounterEvent {
  if (type === 'Opened' && typeof data['title'] === 'string') return { type, data: { title: data['title'] } };
  if (type === 'Added' && typeof data['n'] === 'number') return { type, data: { n: data['n'] } };
  if (type === 'Closed') return { type, data: {} };
  throw new Error(`no event of a counter: ${type}`);
}

export function anEventOf({ type, data }: CounterEvent): NewEvent {
  const id = randomUUID();
  return { id, type, schemaVersion: 1, data: { ...data }, metadata: {}, at: '2026-01-31T08:00:00.500Z' };
}

/** Appends to a counter and answers the position. */
export async function say(store: EventStore, id: string, ...events: readonly CounterEvent[]): Promise<string> {
  let position = '';
  for (const event of events) {
    const appended = await store.append(`counter-${id}`, 'any', anEventOf(event));
    if (!('written' in appended)) throw new Error('not written');
    position = appended.written.position;
  }
  return position;
}

export const opened = (title = 'a counter'): CounterEvent => ({ type: 'Opened', data: { title } });
export const added = (n: number): CounterEvent => ({ type: 'Added', data: { n } });
export const closed: CounterEvent = { type: 'Closed', data: {} };
