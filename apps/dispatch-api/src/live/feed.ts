import { setTimeout as pause } from 'node:timers/promises';
import { ticketIdOfStream } from '@dispatch/commands';
import {
  backoff,
  comparePositions,
  type EventStore,
  LogUnavailable,
  type Position,
  type Recorded,
} from '@dispatch/event-store';
import type { ReadModels } from '@dispatch/projection';
import type { Uuid } from '@dispatch/ticket';
import { frame } from './frames.js';

/** That a ticket has changed, as it is sent to everybody who may see it. */
export interface Change {
  readonly position: Position;
  readonly ticketId: Uuid;
  /** Made once, however many are told. */
  readonly frame: string;
}

export interface Listener {
  readonly changed: (change: Change) => void;
  /** The read model does not come after; `since`: RFC 3339. */
  readonly stale: (since: string) => void;
  /** It does again. */
  readonly caughtUp: () => void;
}

export interface Feed {
  /**
   * Tells of every change from now on. Answers with the position up to which the queue shows everything: what came
   * before it is not told.
   * @throws what keeps the database from telling it
   */
  listen(listener: Listener): Promise<Listening>;
  /** What changed after a position up to another, in order; undefined when that is more than can be told. */
  between(after: Position, upTo: Position | 'start', signal: AbortSignal): Promise<readonly Change[] | undefined>;
  /** Of the last change that was told. */
  readonly position: () => Position | 'start';
  readonly listeners: () => number;
}

export interface Listening {
  readonly from: Position | 'start';
  stop(): void;
}

export interface FeedParts {
  readonly store: Pick<EventStore, 'follow' | 'readAll'>;
  readonly models: Pick<ReadModels, 'positionOf' | 'waitFor'>;
}

/** The read models that a page shows what changed from. */
const SHOWN = ['cockpit_queue', 'job_packet', 'tickets'] as const;
/** Milliseconds that they may need for an event before listeners are told that they are behind. */
const PATIENCE_MS = 2_000;
/** So many events are read for one who was away; beyond, a page does better to load anew. */
const MOST_MISSED = 5_000;

/**
 * Follows the log for all listeners of a process at once, and only while there are any. An event is told when the read
 * models have it: whoever then asks for the queue is shown it.
 */
export function openFeed({ store, models }: FeedParts): Feed {
  const listeners = new Set<Listener>();
  let following: { readonly from: Promise<Position | 'start'>; readonly stop: AbortController } | undefined;
  let told: Position | 'start' = 'start';

  async function reflected(): Promise<Position | 'start'> {
    const positions = await Promise.all(SHOWN.map((name) => models.positionOf(name)));
    return positions.reduce<Position | 'start'>(
      (least, one = 'start') => (comparePositions(one, least) < 0 ? one : least),
      positions[0] ?? 'start',
    );
  }

  function begin() {
    const stop = new AbortController();
    const from = reflected().then((position) => {
      told = position;
      void follow(position, stop.signal);
      return position;
    });
    const begun = { from, stop };
    // The next one to listen tries again.
    from.catch(() => {
      if (following === begun) following = undefined;
    });
    return begun;
  }

  async function follow(from: Position | 'start', signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        for await (const event of store.follow(failures === 0 ? from : told, signal)) {
          failures = 0;
          await shown(event.position, signal);
          if (signal.aborted) return;
          told = event.position;
          const change = changeOf(event);
          if (change) for (const { changed } of [...listeners]) changed(change);
        }
      } catch (error) {
        // The store is closed: the process ends.
        if (error instanceof LogUnavailable || signal.aborted) return;
        await pause(backoff(failures + 1), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Waits as long as it takes. */
  async function shown(position: Position, signal: AbortSignal): Promise<void> {
    let since: string | undefined;
    const begun = new Date().toISOString();
    while (!signal.aborted) {
      const isShown = await models.waitFor(SHOWN, position, PATIENCE_MS).catch(async () => {
        await pause(PATIENCE_MS, undefined, { signal }).catch(() => undefined);
        return false;
      });
      if (isShown) break;
      since ??= begun;
      for (const { stale } of [...listeners]) stale(since);
    }
    if (since !== undefined) for (const { caughtUp } of [...listeners]) caughtUp();
  }

  return {
    position: () => told,
    listeners: () => listeners.size,
    async listen(listener) {
      // Before the position is known: no change may fall between the two.
      listeners.add(listener);
      following ??= begin();
      const stop = () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        following?.stop.abort();
        following = undefined;
      };
      try {
        await following.from;
      } catch (error) {
        stop();
        throw error;
      }
      return { from: told, stop };
    },
    async between(after, upTo, signal) {
      const changes: Change[] = [];
      let read = 0;
      if (comparePositions(after, upTo) >= 0) return changes;
      for await (const event of store.readAll({ after, signal })) {
        if (comparePositions(event.position, upTo) > 0) break;
        if (++read > MOST_MISSED) return undefined;
        const change = changeOf(event);
        if (change) changes.push(change);
      }
      return changes;
    },
  };
}

function changeOf({ stream, position, revision, type }: Recorded): Change | undefined {
  const ticketId = ticketIdOfStream(stream);
  if (!ticketId) return undefined;
  return {
    position,
    ticketId,
    frame: frame('ticket', { ticket_id: ticketId, position, version: revision, type }, position),
  };
}
