import type { EventStore, Recorded } from '@dispatch/event-store';
import { LRUCache } from 'lru-cache';

/** What a stream's events fold to, with the revision it stands at. */
export interface Folded<State> {
  readonly state: State;
  readonly revision: number;
}

export type Fold<State> = (state: State | undefined, event: Recorded) => State;

/**
 * Streams as their folded states. Recent ones are kept in memory, bounded by the number of events behind them;
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
}

/** About what 50,000 tickets of some ten events weigh at most in memory together with their states. */
const EVENTS_KEPT = 100_000;

export function foldedStreams<State>(store: EventStore, fold: Fold<State>, eventsKept = EVENTS_KEPT): Streams<State> {
  const kept = new LRUCache<string, Folded<State>>({
    maxSize: eventsKept,
    sizeCalculation: ({ revision }) => revision + 1,
  });

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
      folded = { state: fold(folded?.state, event), revision: event.revision };
    }
    return folded;
  }

  async function current(stream: string) {
    const folded = await read(stream, kept.get(stream));
    return folded && keep(stream, folded);
  }

  return {
    recent: async (stream) => kept.get(stream) ?? (await current(stream)),
    current,
    async at(stream, revision) {
      const present = kept.get(stream);
      if (present?.revision === revision) return present;
      const folded = await read(stream, present && present.revision <= revision ? present : undefined, revision);
      return folded?.revision === revision ? folded : undefined;
    },
    wrote: (before, event) => keep(event.stream, { state: fold(before?.state, event), revision: event.revision }),
  };
}
