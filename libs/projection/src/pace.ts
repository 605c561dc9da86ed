import { setImmediate } from 'node:timers/promises';
import type { EventStore } from '@dispatch/event-store';
import { pause } from './connection.js';

/** How often the end of the log is looked at, in milliseconds. */
const LOOK_MS = 100;
/** Times the work that a rest takes: nobody waits for a rebuild as he does for an answer. */
const REST = 2;

/** Called between two pieces of work that can wait; answers whether others are at work on the same server. */
export type Between = () => Promise<boolean>;

/** Where somebody waits for the work: what came from the server meanwhile gets its turn, and that is all. */
export const unpaced: Between = () => setImmediate(false);

export interface PaceOptions {
  readonly store: Pick<EventStore, 'head'>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * For work that nobody waits for. While the log grows others are at work on the same server, and each piece is followed
 * by a rest twice as long as it took: so pieces must not overlap then.
 */
export function paceOf({ store, signal, now = () => performance.now(), rest = pause }: PaceOptions): Between {
  let begun = now();
  let looked = -Infinity;
  let head: string | undefined;
  let grows = false;
  return async () => {
    const worked = now() - begun;
    if (now() >= looked + LOOK_MS) {
      looked = now();
      const end = await store.head();
      grows = head !== undefined && end !== head;
      head = end;
    }
    if (grows) await rest(worked * REST, signal);
    else await unpaced();
    begun = now();
    return grows;
  };
}

/** After a pass that took no longer, in milliseconds, what is left keeps nobody waiting. */
const NEAR_MS = 50;
const MOST_PASSES = 12;

/**
 * Follows a log that grows: each pass takes up what came in during the one before. Goes on until so little is left that
 * others may wait for it. A pace that comes no nearer is given up.
 */
export async function closeIn(
  pass: (between: Between) => Promise<void>,
  { between, now = () => performance.now() }: { readonly between: Between; readonly now?: () => number },
): Promise<void> {
  let pace = between;
  let before = Infinity;
  for (let passes = 1; passes <= MOST_PASSES; passes += 1) {
    const begun = now();
    await pass(pace);
    const took = now() - begun;
    if (took <= NEAR_MS) return;
    if (took > before / 2) pace = unpaced;
    before = took;
  }
}
