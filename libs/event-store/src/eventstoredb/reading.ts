import { setTimeout as sleep } from 'node:timers/promises';
import {
  BACKWARDS,
  END,
  ErrorType,
  FORWARDS,
  isCommandError,
  type Position as LogPosition,
  type ResolvedEvent,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { backoff } from '../backoff.js';
import { comparePositions, type EventStore, LogUnavailable, type Position, type Recorded } from '../event-store.js';
import { type Connection, LEADER_ONLY } from './client.js';
import { recorded } from './codec.js';
import type { Names } from './names.js';
import { ended, received } from './receiving.js';
import type { Tails } from './tails.js';

export interface Reading {
  readonly connection: Connection;
  readonly names: Names;
  readonly tails: Tails;
  /** Aborts when the store closes. */
  readonly closing: AbortSignal;
}

type Reads = Pick<EventStore, 'read' | 'readAll' | 'follow' | 'head'>;

/** Of a filtered subscription: an event, or how far the server has looked without finding one. */
type Met = Recorded | { readonly checkpoint: Position };

/** The head is nearly always among the newest few; where other streams are busy it is searched for in long pages. */
const FIRST_PAGE = 16;
const NEXT_PAGE = 1_000;
/** Events that the server looks at before it tells how far it is. */
const SEARCH_WINDOW = 1_000;

/** The reading half of the store. The server sends no faster than the reader takes, so that a slow one needs no memory. */
export function logReader({ connection, names, tails, closing }: Reading): Reads {
  const { timeoutMs } = connection;
  /** The newest record of any stream that was looked at, and the head of the log as it was there. */
  let looked: { readonly at: bigint; readonly head: Position | 'start' } | undefined;

  async function head(): Promise<Position | 'start'> {
    refuseClosed();
    const known = looked;
    let from: LogPosition | typeof END = END;
    let newest: bigint | undefined;
    for (let count = FIRST_PAGE; ; count = NEXT_PAGE) {
      const page = await backwards(from, count);
      newest ??= page[0]?.at;
      const found = page.find(({ at, ours }) => ours || (known && at <= known.at));
      const last = page.at(-1);
      if (!found && last) {
        from = { commit: last.at, prepare: last.at };
        continue;
      }
      const head = found?.ours ? String(found.at) : (known?.head ?? 'start');
      if (newest !== undefined && (!looked || looked.at < newest)) looked = { at: newest, head };
      return head;
    }
  }

  /** Records of all streams before a position, the newest first, to the page's end: see receiving.ts. */
  async function backwards(from: LogPosition | typeof END, maxCount: number) {
    const page: { readonly at: bigint; readonly ours: boolean }[] = [];
    const options = { ...LEADER_ONLY, direction: BACKWARDS, fromPosition: from, maxCount } as const;
    for await (const { event } of items(() => connection.client.readAll(options))) {
      // Whether a page begins with the record it was asked from is left to the server.
      if (!event || (from !== END && event.position.commit >= from.commit)) continue;
      page.push({ at: event.position.commit, ours: names.toStream(event.streamId) !== undefined });
    }
    refuseClosed();
    return page;
  }

  /** A page of a read, where each item must come in time. */
  function items<T>(open: Parameters<typeof received<T>>[0], signal?: AbortSignal) {
    const stop = signal ? AbortSignal.any([signal, closing]) : closing;
    return received<T>(open, { timeoutMs, until: 'item', signal: stop });
  }

  /** The log's events after a position, and checkpoints where the server has found none for a while. */
  async function* subscribed(
    after: Position | 'start',
    until: 'item' | 'confirmation',
    signal: AbortSignal,
  ): AsyncGenerator<Met, void> {
    const subscription = () =>
      connection.client.subscribeToAll({
        ...LEADER_ONLY,
        fromPosition: after === 'start' ? START : { commit: BigInt(after), prepare: BigInt(after) },
        filter: streamNameFilter({
          prefixes: [names.logPrefix],
          maxSearchWindow: SEARCH_WINDOW,
          // In line with the events: whoever goes on from it must have been given all before it.
          checkpointReached: (reached, { commit }) => void reached.push({ checkpoint: String(commit) }),
        }),
      });
    const all = received<ResolvedEvent | { checkpoint: Position }>(subscription, { timeoutMs, until, signal });
    for await (const met of all) yield 'checkpoint' in met ? met : recorded(met, names);
  }

  function refuseClosed(): void {
    if (closing.aborted) throw new LogUnavailable('the event store is closed');
  }

  return {
    head,

    async *read(stream, { from = 0, signal } = {}) {
      refuseClosed();
      signal?.throwIfAborted();
      const options = { ...LEADER_ONLY, direction: FORWARDS, fromRevision: BigInt(from) } as const;
      let last: Recorded | undefined;
      try {
        const events = () => connection.client.readStream(names.ofStream(stream), options);
        for await (const event of items(events, signal)) {
          last = recorded(event, names);
          yield last;
          signal?.throwIfAborted();
        }
      } catch (error) {
        if (!isMissing(error)) throw error;
      } finally {
        if (last) tails.reached(last);
      }
      signal?.throwIfAborted();
      refuseClosed();
    },

    async *readAll({ after, signal }) {
      const end = await head();
      if (comparePositions(end, after) <= 0) return;
      const stop = signal ? AbortSignal.any([signal, closing]) : closing;
      for await (const met of subscribed(after, 'item', stop)) {
        const position = 'checkpoint' in met ? met.checkpoint : met.position;
        if (comparePositions(position, end) > 0) return;
        if ('checkpoint' in met) continue;
        yield met;
        signal?.throwIfAborted();
        if (position === end) return;
      }
      signal?.throwIfAborted();
      refuseClosed();
      throw ended();
    },

    async *follow(after, signal) {
      const stop = AbortSignal.any([signal, closing]);
      let last = after;
      for (let failures = 1; !signal.aborted; failures += 1) {
        refuseClosed();
        try {
          for await (const met of subscribed(last, 'confirmation', stop)) {
            failures = 0;
            if (!('checkpoint' in met)) {
              yield met;
              if (signal.aborted) return;
            }
            last = 'checkpoint' in met ? met.checkpoint : met.position;
          }
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error;
        }
        await sleep(backoff(Math.max(failures, 1)), undefined, { signal: stop }).catch(() => undefined);
      }
    },
  };
}

/** A stream that does not exist, in the two ways that the client tells it. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !isCommandError(error)) return false;
  return error.type === ErrorType.STREAM_NOT_FOUND || error.type === ErrorType.NO_STREAM;
}
