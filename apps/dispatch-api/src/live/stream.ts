import { PassThrough, type Readable } from 'node:stream';
import { type Actor, outsideScope } from '@dispatch/access';
import { comparePositions, type Position } from '@dispatch/event-store';
import { ApiError } from '../api-error.js';
import type { Change, Feed, Listener } from './feed.js';
import { frame } from './frames.js';

/** The open streams of a process. */
export interface Streams {
  /**
   * A stream for an actor, with what changed after a position where one is given. It ends at `until` (milliseconds
   * since 1970), where that is given.
   * @throws ApiError RATE_LIMITED, and what `Feed.listen` throws
   */
  open(actor: Actor, after: Position | 'start' | undefined, until: number | undefined): Promise<Readable>;
  /** Ends them all, and lets no other begin. */
  close(): void;
  readonly count: () => number;
}

export interface StreamsParts {
  readonly feed: Feed;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Streams at once, of all and of one actor. */
  readonly most?: number;
  readonly mostOfOne?: number;
  readonly heartbeatMs?: number;
  /** Characters that wait for a client; one that reads no more is cut off. */
  readonly mostWaiting?: number;
  /** What happens within so many milliseconds is sent at once: under load a client costs a few writes a second. */
  readonly gatherMs?: number;
}

/** Node's timers take no longer. */
const LONGEST_MS = 2 ** 31 - 1;
const RETRY = { headers: { 'retry-after': '5' } };

export function openStreams(parts: StreamsParts): Streams {
  const { feed, clock, most = 1_000, mostOfOne = 20, heartbeatMs = 10_000 } = parts;
  const open = new Map<PassThrough, string>();
  let closed = false;

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
      const timers: NodeJS.Timeout[] = [];
      out.once('close', () => {
        for (const timer of timers) clearTimeout(timer);
        gone.abort();
        open.delete(out);
      });
      const write = gathered(out, parts);
      const scoped = actor.accounts !== '*' || actor.sites !== '*';
      const maySee = ({ place }: Change) =>
        !scoped || (place !== undefined && outsideScope(actor, place) === undefined);
      let sent: Position | 'start' = after ?? 'start';
      const tell = (change: Change) => {
        if (comparePositions(change.position, sent) <= 0) return;
        sent = change.position;
        if (maySee(change)) write(change.frame);
      };
      /** Its position is the id to come back with: all that is told up to it has been written before. */
      const here = () => {
        const position = feed.position();
        // Another process, which this client heard before, may have been ahead.
        const known = comparePositions(sent, position) > 0 ? sent : position;
        write(frame('position', { position: shown(known), at: new Date(clock()).toISOString() }, shown(known)));
      };
      // What happens until the missed ones are told waits for them.
      let waiting: Change[] | undefined = [];
      const listener: Listener = {
        scoped,
        changed: (change) => (waiting ? void waiting.push(change) : tell(change)),
        stale: (since) => write(frame('stale', { since, position: shown(feed.position()) })),
        caughtUp: () => waiting ?? here(),
      };
      try {
        const { from, stop } = await feed.listen(listener);
        if (gone.signal.aborted) stop();
        else gone.signal.addEventListener('abort', stop);
        const missed =
          after === undefined ? [] : await feed.missed(after, from, listener, gone.signal).catch(() => undefined);
        if (missed === undefined) {
          sent = 'start';
          write(frame('reset', { position: shown(from) }));
        }
        for (const change of missed ?? []) tell(change);
        for (const change of waiting) tell(change);
        waiting = undefined;
        here();
      } catch (error) {
        out.destroy();
        throw error;
      }
      timers.push(setInterval(here, heartbeatMs));
      if (until !== undefined) timers.push(setTimeout(() => out.end(), Math.min(until - clock(), LONGEST_MS)));
      if (closed) out.end();
      return out;
    },
  };
}

const shown = (position: Position | 'start'): string => (position === 'start' ? '0' : position);

/** Writes what comes within a moment as one; what waits longer than the client may let it ends the stream. */
function gathered(out: PassThrough, { mostWaiting = 1_048_576, gatherMs = 20 }: StreamsParts): (text: string) => void {
  let text = '';
  const flush = () => {
    if (out.writable) out.write(text);
    text = '';
  };
  return (more) => {
    if (!out.writable) return;
    if (text === '') setTimeout(flush, gatherMs);
    text += more;
    if (text.length + out.writableLength + out.readableLength > mostWaiting) out.destroy();
  };
}
