import type { EventStore } from '@dispatch/event-store';
import type { Appending } from './recorded.js';

/** What became of the events of a history. */
export interface Counts {
  written: number;
  /** By an earlier run with the same options. */
  there: number;
  /** Somebody has worked on the ticket since an earlier run was broken off. */
  passedOver: number;
}

/** Appends that wait at once: several full batches, so that the next one is ready when one is committed. */
const MOST_WAITING = 2_048;

/** Appends many at once, those of a stream one after another; counts what became of each. Ends with the signal. */
export async function appendAll(
  store: EventStore,
  appendings: Iterable<Appending>,
  signal: AbortSignal,
  counts: Counts,
  onAppended: () => void,
): Promise<void> {
  const waiting = new Map<string, Promise<void>>();
  let count = 0;
  let wake: () => void = () => undefined;
  const failing = new AbortController();
  const stopped = AbortSignal.any([signal, failing.signal]);

  const append = async ({ stream, expected, event }: Appending) => {
    if (stopped.aborted) return;
    const outcome = await store.append(stream, expected, event);
    counts[outcomeOf(outcome)] += 1;
    onAppended();
  };
  for (const appending of appendings) {
    while (count >= MOST_WAITING) await new Promise<void>((resolve) => (wake = resolve));
    if (stopped.aborted) break;
    const { stream } = appending;
    const before = waiting.get(stream);
    const now = (before ? before.then(() => append(appending)) : append(appending))
      .catch((error: unknown) => failing.abort(error))
      .finally(() => {
        count -= 1;
        if (waiting.get(stream) === now) waiting.delete(stream);
        wake();
      });
    count += 1;
    waiting.set(stream, now);
  }
  await Promise.all(waiting.values());
  stopped.throwIfAborted();
}

const outcomeOf = (outcome: object): keyof Counts =>
  'written' in outcome ? 'written' : 'duplicate' in outcome ? 'there' : 'passedOver';
