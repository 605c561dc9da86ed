import type { EventStore, Json, Recorded } from '@dispatch/event-store';
import { LRUCache } from 'lru-cache';

/** What a stream's events fold to, with the revision it stands at. */
export interface Folded<State> {
  readonly state: State;
  readonly revision: number;
  /** About the bytes of memory that the state takes: at most what the events behind it said. */
  readonly bytes: number;
}

export type Fold<State> = (state: State | undefined, event: Recorded) => State;

/**
 * Streams as their folded states. Recent ones are kept in memory, bounded by the weight of the events behind them;
 * what is kept may be behind the log, never ahead of it or beside it.
 */
export interface Streams<State> {
  /** As kept, or read when nothing is kept. */
  recent(stream: string): Promise<Folded<State> | undefined>;
  /** As the log has it now. */
  current(stream: string): Promise<Folded<State> | undefined>;
  /** As it was after `revision`. */
  at(stream: string, revision: number): Promise<Folded<State> | undefined>;
  /** Takes in an event that was just written on top of `before`. */
  wrote(before: Folded<State> | undefined, event: Recorded): Folded<State>;
  /** How well what is kept serves. */
  use(): StreamsUse;
}

export interface StreamsUse {
  /** Times that a state was asked for and kept, or had to be read. */
  readonly hits: number;
  readonly misses: number;
  /** States that are kept now, and about the bytes that they take. */
  readonly streams: number;
  readonly bytes: number;
}

/** Bytes of memory, about: what 100,000 events of the usual length weigh. */
const BYTES_KEPT = 64 * 1024 * 1024;

export function foldedStreams<State>(store: EventStore, fold: Fold<State>, bytesKept = BYTES_KEPT): Streams<State> {
  const kept = new LRUCache<string, Folded<State>>({ maxSize: bytesKept, sizeCalculation: ({ bytes }) => bytes });

  let [hits, misses] = [0, 0];

  /** The state after one more event. */
  function folding(before: Folded<State> | undefined, event: Recorded): Folded<State> {
    const bytes = (before?.bytes ?? 0) + weightOf(event.data);
    return { state: fold(before?.state, event), revision: event.revision, bytes };
  }

  /** Never lets an older reading take the place of a newer one. */
  function keep(stream: string, folded: Folded<State>): Folded<State> {
    const present = kept.peek(stream);
    if (!present || present.revision < folded.revision) kept.set(stream, folded);
    return folded;
  }

  async function read(stream: string, from: Folded<State> | undefined, last = Infinity) {
    let folded = from;
    for await (const event of store.read(stream, { from: from ? from.revision + 1 : 0 })) {
      if (event.revision > last) break;
      folded = folding(folded, event);
    }
    return folded;
  }

  async function current(stream: string) {
    const folded = await read(stream, kept.get(stream));
    return folded && keep(stream, folded);
  }

  return {
    async recent(stream) {
      const present = kept.get(stream);
      if (present) hits += 1;
      else misses += 1;
      return present ?? (await current(stream));
    },
    use: () => ({ hits, misses, streams: kept.size, bytes: kept.calculatedSize }),
    current,
    async at(stream, revision) {
      const present = kept.get(stream);
      if (present?.revision === revision) return present;
      const folded = await read(stream, present && present.revision <= revision ? present : undefined, revision);
      return folded?.revision === revision ? folded : undefined;
    },
    wrote: (before, event) => keep(event.stream, folding(before, event)),
  };
}

/** An object or a list with nothing in it, or a place in one. */
const PLACE = 16;

/** About the bytes that a value takes in memory: two for each character, which most need one for. */
export function weightOf(value: Json): number {
  if (typeof value === 'string') return PLACE + 2 * value.length;
  if (value === null || typeof value !== 'object') return PLACE;
  return Object.values(value).reduce<number>((sum, member) => sum + PLACE + weightOf(member ?? null), 2 * PLACE);
}
