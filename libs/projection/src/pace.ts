import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore } from '@dispatch/event-store';
import { pause } from './connection.js';

/** How often the end of the log is looked at, in milliseconds. */
const LOOK_MS = 100;

export interface PaceOptions {
  readonly store: Pick<EventStore, 'head'>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Called between two pieces of work that can wait. While the log grows others are at work on the same server, and each
 * piece is followed by a rest as long as it took; else only what came from the server meanwhile gets its turn.
 */
export function paceOf({ store, signal, now = () => performance.now(), rest = pause }: PaceOptions) {
  let begun = now();
  let looked = -Infinity;
  let head: string | undefined;
  let grows = false;
  return async (): Promise<void> => {
    const worked = now() - begun;
    if (now() >= looked + LOOK_MS) {
      looked = now();
      const end = await store.head();
      grows = head !== undefined && end !== head;
      head = end;
    }
    await (grows ? rest(worked, signal) : turn());
    begun = now();
  };
}
