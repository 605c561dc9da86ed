import type { EventStore, Recorded } from '@dispatch/event-store';
import type { Unrecorded } from './allowance.js';
import { type Attempt, type DenialCode, DENIED, NOT_RECORDED, securityStreamOf } from './attempt.js';

/** What stands in a security stream, one by one. */
export type Entry =
  | ({ readonly kind: 'denied' } & Where & Attempt)
  /** Also where an actor or a code is asked for: some of what is missing may be theirs. */
  | ({ readonly kind: 'not_recorded' } & Where & Unrecorded);

/** Where an entry stands in the log. */
interface Where {
  readonly event_id: string;
  readonly position: string;
  /** Among the entries of its event. */
  readonly index: number;
}

/** A place between entries. Entries are only ever added behind what stands in a day. */
export interface EntryPlace {
  /** Such as 2026-11-25. */
  readonly day: string;
  readonly revision: number;
  readonly index: number;
}

export interface EntryQuery {
  /** RFC 3339 UTC: from this time on, and before `to`. */
  readonly from: string;
  readonly to: string;
  readonly actorId?: string;
  readonly code?: DenialCode;
  /** Go on here; at the first of `from`'s day by default. */
  readonly place?: EntryPlace;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** What one call reads at most, so that no question holds the log: events, and days. */
const MOST_EVENTS = 2_000;
const MOST_DAYS = 100;
const DAY_MS = 86_400_000;

/**
 * A page of entries, by day and within a day in the order they were written. `next` is where to go on; undefined at the
 * end. A page may hold fewer than were asked for, and even none, and still have a next.
 */
export async function readEntries(
  store: Pick<EventStore, 'read'>,
  query: EntryQuery,
): Promise<{ readonly entries: readonly Entry[]; readonly next: EntryPlace | undefined }> {
  const { from, to, limit, signal } = query;
  const entries: Entry[] = [];
  let place: EntryPlace = query.place ?? { day: from.slice(0, 10), revision: 0, index: 0 };
  let events = 0;
  for (let days = 0; place.day <= to.slice(0, 10); days += 1) {
    if (days === MOST_DAYS) return { entries, next: place };
    for await (const event of store.read(securityStreamOf(place.day), { from: place.revision, signal })) {
      if (events === MOST_EVENTS) return { entries, next: place };
      events += 1;
      for (const entry of entriesOf(event).slice(place.index)) {
        if (entries.length === limit) return { entries, next: { ...place, index: entry.index } };
        if (isAsked(entry, query)) entries.push(entry);
      }
      place = { day: place.day, revision: event.revision + 1, index: 0 };
    }
    place = { day: dayAfter(place.day), revision: 0, index: 0 };
  }
  return { entries, next: undefined };
}

function entriesOf({ id, position, type, data }: Recorded): readonly Entry[] {
  const where = (index: number): Where => ({ event_id: id, position, index });
  if (type === NOT_RECORDED) return [{ kind: 'not_recorded', ...where(0), ...(data as unknown as Unrecorded) }];
  if (type !== DENIED) return [];
  const attempts = data['attempts'] as unknown as readonly Attempt[];
  return attempts.map((attempt, index) => ({ kind: 'denied', ...where(index), ...attempt }));
}

function isAsked(entry: Entry, { from, to, actorId, code }: EntryQuery): boolean {
  if (entry.kind === 'not_recorded') return entry.to >= from && entry.from < to;
  if (entry.at < from || entry.at >= to) return false;
  return (actorId === undefined || entry.actor?.id === actorId) && (code === undefined || entry.code === code);
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
