import { PassThrough, type Readable } from 'node:stream';
import { type Actor, outsideScope } from '@dispatch/access';
import type { TicketReads } from '@dispatch/commands';
import { comparePositions, type Position } from '@dispatch/event-store';
import type { Uuid } from '@dispatch/ticket';
import { LRUCache } from 'lru-cache';
import { ApiError } from '../api-error.js';
import type { Change, Feed } from './feed.js';
import { frame } from './frames.js';

/** The open streams of a process. */
export interface Streams {
  /** A stream for an actor; ends at `until` (milliseconds since 1970), where that is given. @throws ApiError RATE_LIMITED */
  open(actor: Actor, after: Position | undefined, until: number | undefined): Promise<Readable>;
  /** Ends them all, and lets no other begin. */
  close(): void;
  readonly count: () => number;
}

export interface StreamsParts {
  readonly feed: Feed;
  readonly tickets: Pick<TicketReads, 'ticket'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Streams at once, of all and of one actor. */
  readonly most?: number;
  readonly mostOfOne?: number;
  readonly heartbeatMs?: number;
  /** Bytes that wait for a client; one that reads no more is cut off. */
  readonly mostWaiting?: number;
}

/** Node's timers take no longer. */
const LONGEST_MS = 2 ** 31 - 1;
const RETRY = { headers: { 'retry-after': '5' } };

export function openStreams(parts: StreamsParts): Streams {
  const { feed, tickets, clock, most = 1_000, mostOfOne = 20, heartbeatMs = 10_000, mostWaiting = 1_048_576 } = parts;
  const open = new Map<PassThrough, string>();
  /** Account and site of a ticket never change. */
  const places = new LRUCache<Uuid, Promise<{ accountId: string; siteId: string } | undefined>>({ max: 20_000 });
  let closed = false;

  function placeOf(id: Uuid) {
    const known = places.get(id) ?? tickets.ticket(id);
    places.set(id, known);
    known.catch(() => places.delete(id));
    return known;
  }

  async function maySee(actor: Actor, id: Uuid): Promise<boolean> {
    if (actor.accounts === '*' && actor.sites === '*') return true;
    const place = await placeOf(id);
    return place !== undefined && outsideScope(actor, place) === undefined;
  }

  function refuseTooMany(actor: Actor): void {
    const own = [...open.values()].filter((id) => id === actor.id).length;
    if (closed || open.size >= most || own >= mostOfOne)
      throw new ApiError('RATE_LIMITED', 'Too many streams are open; wait before the next one', {}, RETRY);
  }

  return {
    count: () => open.size,
    close() {
      closed = true;
      for (const out of open.keys()) out.end();
    },
    async open(actor, after, until) {
      refuseTooMany(actor);
      const out = new PassThrough();
      open.set(out, actor.id);
      const gone = new AbortController();
      let sent: Position | 'start' = 'start';
      const write = (text: string) => {
        if (!out.writable) return;
        out.write(text);
        if (out.writableLength + out.readableLength > mostWaiting) out.destroy();
      };
      /** One after the other, whatever must be looked up for each. */
      let turn: Promise<void> = Promise.resolve();
      const tell = (change: Change) => {
        turn = turn.then(async () => {
          if (gone.signal.aborted || comparePositions(change.position, sent) <= 0) return;
          sent = change.position;
          if (await maySee(actor, change.ticketId)) write(change.frame);
        });
        turn.catch(() => out.destroy());
      };
      const here = () => {
        const position = feed.position();
        const at = new Date(clock()).toISOString();
        const shown = position === 'start' ? '0' : position;
        turn = turn.then(() => write(frame('position', { position: shown, at }, shown)));
      };
      // Until the missed ones are told, what happens meanwhile waits.
      const early: Change[] = [];
      let changed: (change: Change) => void = (change) => void early.push(change);
      const listening = await feed
        .listen({
          changed: (change) => changed(change),
          stale: (since) => write(frame('stale', { since, position: feed.position() })),
          caughtUp: here,
        })
        .catch((error: unknown) => {
          open.delete(out);
          throw error;
        });
      const timers = [setInterval(here, heartbeatMs)];
      if (until !== undefined) timers.push(setTimeout(() => out.end(), Math.min(until - clock(), LONGEST_MS)));
      out.once('close', () => {
        for (const timer of timers) clearTimeout(timer);
        gone.abort();
        listening.stop();
        open.delete(out);
      });
      if (closed) out.end();

      const { from } = listening;
      const missed =
        after === undefined || after === from
          ? []
          : comparePositions(after, from) > 0
            ? undefined
            : await feed.between(after, from, gone.signal).catch(() => undefined);
      if (missed === undefined) write(frame('reset', { position: from === 'start' ? '0' : from }));
      for (const change of missed ?? []) tell(change);
      here();
      for (const change of early) tell(change);
      changed = tell;
      return out;
    },
  };
}
