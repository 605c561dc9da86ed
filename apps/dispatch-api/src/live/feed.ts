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
import type { Ticket, Uuid } from '@dispatch/ticket';
import { LRUCache } from 'lru-cache';
import { behind } from '../reads/read-answers.js';
import { frame } from './frames.js';

/** What a ticket's scope is decided by; it never changes. */
export type Place = Pick<Ticket, 'accountId' | 'siteId'>;

/** That a ticket has changed, as it is sent to everybody who may see it. */
export interface Change {
  readonly position: Position;
  readonly ticketId: Uuid;
  /** Looked up for scoped listeners only. */
  readonly place: Place | undefined;
  /** Made once, however many are told. */
  readonly frame: string;
}

export interface Listener {
  /** Whether it must know each ticket's place. */
  readonly scoped: boolean;
  readonly changed: (change: Change) => void;
  /** The read models do not come after; `since`: RFC 3339. */
  readonly stale: (since: string) => void;
  /** They do again. */
  readonly caughtUp: () => void;
}

export interface Feed {
  /**
   * Tells of every change from now on. Answers with the position up to which the read models show everything: what
   * came before it is not told.
   * @throws ApiError READ_MODEL_BEHIND where there is none to show anything, and what keeps the database away
   */
  listen(listener: Listener): Promise<Listening>;
  /**
   * What changed after a position up to another, in order; undefined when that is more than can be told, or the log
   * has no such position yet.
   */
  missed(
    after: Position | 'start',
    upTo: Position | 'start',
    listener: Pick<Listener, 'scoped'>,
    signal: AbortSignal,
  ): Promise<readonly Change[] | undefined>;
  /** Of the last change that was told. */
  readonly position: () => Position | 'start';
}

export interface Listening {
  readonly from: Position | 'start';
  readonly stop: () => void;
}

export interface FeedParts {
  readonly store: Pick<EventStore, 'follow' | 'readAll' | 'head'>;
  readonly models: Pick<ReadModels, 'positionOf' | 'waitFor'>;
  /** A ticket as it is; undefined where there is none. */
  readonly ticket: (id: Uuid) => Promise<Place | undefined>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds that the read models may need for an event before listeners are told that they are behind. */
  readonly patienceMs?: number;
  /** So many events are read for one who was away; beyond, a page does better to load anew. */
  readonly mostMissed?: number;
}

/** The read models that a page shows what changed from. */
const SHOWN = ['cockpit_queue', 'job_packet', 'tickets'] as const;

/** Not before any position that a log can have. */
const LAST: Position = '9'.repeat(20);

/**
 * Follows the log for all listeners of a process at once, and only while there are any. An event is told when the read
 * models have it: whoever then asks for the queue is shown it.
 */
export function openFeed(parts: FeedParts): Feed {
  const { store, models, ticket, clock, patienceMs = 2_000, mostMissed = 5_000 } = parts;
  const listeners = new Set<Listener>();
  let following: { readonly from: Promise<Position | 'start'>; readonly stop: AbortController } | undefined;
  let told: Position | 'start' = 'start';
  const places = new LRUCache<Uuid, Place>({ max: 20_000 });

  async function placeOf(id: Uuid): Promise<Place | undefined> {
    const known = places.get(id);
    if (known) return known;
    const found = await ticket(id);
    if (!found) return undefined;
    const place = { accountId: found.accountId, siteId: found.siteId };
    places.set(id, place);
    return place;
  }

  /** Waits for a log that is away. A ticket that cannot be read is nobody's whose scope must be held against it. */
  async function placeInTime(id: Uuid, signal: AbortSignal): Promise<Place | undefined> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await placeOf(id);
      } catch (error) {
        if (!(error instanceof LogUnavailable)) return undefined;
        await pause(backoff(failures), undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  async function reflected(): Promise<Position | 'start'> {
    const positions = await Promise.all(SHOWN.map((name) => models.positionOf(name)));
    return positions.reduce<Position | 'start'>((least, one) => {
      // Without a table there is nothing that could be shown.
      if (one === undefined) throw behind();
      return comparePositions(one, least) < 0 ? one : least;
    }, LAST);
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
          const id = ticketIdOfStream(event.stream);
          const scoped = [...listeners].some((listener) => listener.scoped);
          const place = id && scoped ? await placeInTime(id, signal) : undefined;
          if (signal.aborted) return;
          told = event.position;
          if (!id) continue;
          const change = changeOf(event, id, place);
          for (const { changed } of [...listeners]) changed(change);
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
    const begun = clock();
    while (!signal.aborted) {
      const isShown = await models.waitFor(SHOWN, position, patienceMs).catch(async () => {
        await pause(patienceMs, undefined, { signal }).catch(() => undefined);
        return false;
      });
      if (isShown || signal.aborted) break;
      since ??= new Date(begun).toISOString();
      for (const { stale } of [...listeners]) stale(since);
    }
    if (since !== undefined) for (const { caughtUp } of [...listeners]) caughtUp();
  }

  return {
    position: () => told,
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
    async missed(after, upTo, { scoped }, signal) {
      // Another process may be ahead of this one. What no process has seen is of another log.
      if (comparePositions(after, upTo) > 0) return comparePositions(after, await store.head()) > 0 ? undefined : [];
      const changes: Change[] = [];
      if (after === upTo) return changes;
      let read = 0;
      for await (const event of store.readAll({ after, signal })) {
        if (comparePositions(event.position, upTo) > 0) break;
        if (++read > mostMissed) return undefined;
        const id = ticketIdOfStream(event.stream);
        if (id) changes.push(changeOf(event, id, scoped ? await placeInTime(id, signal) : undefined));
      }
      return changes;
    },
  };
}

function changeOf({ position, revision, type }: Recorded, ticketId: Uuid, place: Place | undefined): Change {
  const data = { ticket_id: ticketId, position, version: revision, type };
  return { position, ticketId, place, frame: frame('ticket', data, position) };
}
