import { setImmediate as turn } from 'node:timers/promises';
import type { Pool, QueryArrayConfig } from 'pg';
import { backoff } from '../backoff.js';
import { comparePositions, type EventStore, LogUnavailable, type Position, type Recorded } from '../event-store.js';
import { LINKS } from '../links.js';
import type { LogTexts } from '../log-texts.js';
import { untilAborted } from '../until-aborted.js';
import type { Bell } from './bell.js';
import { reached } from './connection.js';
import {
  asPage,
  type EventRow,
  findOne,
  headOfLog,
  link,
  type LinkRow,
  linksOfLog,
  type Page,
  pageOfLog,
  pageOfStream,
  recorded,
  recordedText,
} from './rows.js';
import { type Stretch, tailOf } from './tail.js';

/** Above every position. */
const EVERYTHING = (2n ** 63n - 1n).toString();

export interface Reading {
  readonly pool: Pool;
  readonly bell: Bell;
  /** Milliseconds after which a follower looks for itself. */
  readonly pollMs: number;
  /** Aborts when the store closes: followers then stop trying. */
  readonly closing: AbortSignal;
}

type Reads = Pick<EventStore, 'read' | 'find' | 'readAll' | 'links' | 'follow' | 'head'>;

/** The reading half of the store. A page is one statement, so a slow reader holds no connection. */
export function logReader({ pool, bell, pollMs, closing }: Reading): Reads {
  const { head, find, logPage, streamPages, logPages, linkPages } = pagesOf(pool);
  const tail = tailOf({ read: (after) => logPage(after, EVERYTHING), rung: bell.rung });

  /** Tries until the database answers; undefined once the signal aborts. */
  async function persistently(after: Position, signal: AbortSignal): Promise<Stretch | undefined> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const rung = bell.rung();
      try {
        return await untilAborted(tail.after(after), signal);
      } catch (error) {
        if (!(error instanceof LogUnavailable) || closing.aborted) throw error;
        await bell.next(rung, backoff(failures), signal);
      }
    }
    return undefined;
  }

  return {
    head,
    find,
    read: (stream, { from = 0, signal } = {}) => events(streamPages(stream, from, signal), signal),
    readAll: ({ after, signal }) => events(logPages(after, signal), signal),

    async *links({ after, signal }) {
      for await (const rows of linkPages(after, signal)) yield rows.map(link);
    },

    async *follow(after, signal) {
      let last = bound(after);
      for (;;) {
        const stretch = await persistently(last, signal);
        if (!stretch) return;
        for (const event of stretch.events) {
          yield event;
          if (signal.aborted) return;
          last = event.position;
        }
        if (!stretch.full) await bell.next(stretch.rung, pollMs, signal);
      }
    },
  };
}

/** The same log as the texts that stand in its rows. */
export function logTextReader(pool: Pool): Pick<LogTexts, 'readAll' | 'read' | 'find' | 'head'> {
  const { head, find, logPage, streamPages } = pagesOf(pool);
  return {
    head,
    find,
    read: (stream, signal) => texts(streamPages(stream, 0, signal)),
    // Also what stands beyond the head, where only a forger can have put it.
    readAll: (from, signal) =>
      texts(pages<EventRow>((last) => logPage(last ? last[0] : bound(from), EVERYTHING), signal)),
  };
}

async function* texts(pages: AsyncIterable<readonly EventRow[]>) {
  for await (const rows of pages) yield rows.map(recordedText);
}

async function* events(pages: AsyncIterable<readonly EventRow[]>, signal: AbortSignal | undefined) {
  for await (const rows of pages)
    for (const row of rows) {
      yield recorded(row);
      signal?.throwIfAborted();
    }
}

/** What the log is asked, a page at a time. */
function pagesOf(pool: Pool) {
  const rowsOf = async <Row extends unknown[] = EventRow>(statement: QueryArrayConfig, values: unknown[]) =>
    (await reached(pool.query<Row>({ ...statement, values }))).rows;
  const logPage = async (after: Position, upTo: Position) => asPage(await rowsOf(pageOfLog, [after, upTo]));

  async function head(): Promise<Position | 'start'> {
    const [row] = await rowsOf(headOfLog, []);
    if (!row) throw new Error('dispatch_log.head has no row');
    return row[0] === '0' ? 'start' : row[0];
  }

  return {
    head,
    logPage,
    async find(eventId: string): Promise<Recorded | undefined> {
      const [row] = await rowsOf(findOne, [eventId]);
      return row && recorded(row);
    },
    streamPages: (stream: string, from: number, signal: AbortSignal | undefined) =>
      pages<EventRow>(
        async (last) => asPage(await rowsOf(pageOfStream, [stream, last ? Number(last[2]) + 1 : from])),
        signal,
      ),
    async *logPages(after: Position | 'start', signal: AbortSignal | undefined) {
      const end = bound(await head());
      yield* pages<EventRow>((last) => logPage(last ? last[0] : bound(after), end), signal);
    },
    async *linkPages(after: Position | 'start', signal: AbortSignal | undefined) {
      const end = await head();
      if (comparePositions(end, after) <= 0) return;
      yield* pages<LinkRow>(async (last) => {
        const rows = await rowsOf<LinkRow>(linksOfLog, [last ? last[0] : bound(after), bound(end)]);
        return { rows, full: rows.length === LINKS };
      }, signal);
    },
  };
}

function bound(position: Position | 'start'): Position {
  return position === 'start' ? '0' : position;
}

/** Page after page until one is not full; the next is on its way while one is consumed. */
async function* pages<Row>(
  fetch: (last: Row | undefined) => Promise<Page<Row>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Row[], void> {
  for (let coming: Promise<Page<Row>> | undefined = fetch(undefined); coming; ) {
    const page: Page<Row> | undefined = await untilAborted(coming, signal);
    signal?.throwIfAborted();
    if (!page) return;
    coming = page.full ? fetch(page.rows.at(-1)) : undefined;
    // A consumer that leaves early never looks at it.
    coming?.catch(() => undefined);
    // The pool asks for it a tick later: without a turn, only after a consumer that never waits is done with this one.
    if (coming) await turn();
    if (page.rows.length > 0) yield page.rows;
    signal?.throwIfAborted();
  }
}
