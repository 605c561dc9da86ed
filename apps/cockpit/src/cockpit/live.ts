import { useQueryClient } from '@tanstack/react-query';
import { createParser } from 'eventsource-parser';
import { useEffect, useRef, useState } from 'react';
import { type Credentials, headersOf } from '../api/credentials.js';
import { useSession } from '../shell/session.js';
import { coalesced } from './coalesced.js';
import { positionShown } from './queue-data.js';

export type Live =
  | { readonly is: 'live' }
  | { readonly is: 'reconnecting' }
  /** The service's read models are behind since then; RFC 3339. */
  | { readonly is: 'stale'; readonly since: string }
  /** The service has no stream for this page: it is read again every few seconds. */
  | { readonly is: 'polling' };

/** Milliseconds between two readings that changes cause; what changes meanwhile is read with the next. */
const APART_MS = 500;
const POLL_MS = 5_000;
const BACKOFF_MS = { first: 500, most: 15_000 };
/** Three positions missed: a connection that says nothing is none. */
const SILENCE_MS = 35_000;

/** Follows the service's stream, and reads again what is shown whenever something of it has changed. */
export function useLive(ticketId: string | undefined): Live {
  const { credentials } = useSession();
  const queries = useQueryClient();
  const [live, setLive] = useState<Live>({ is: 'reconnecting' });
  // The stream is not opened again for another ticket.
  const shown = useRef(ticketId);
  useEffect(() => {
    shown.current = ticketId;
  }, [ticketId]);

  useEffect(() => {
    const over = new AbortController();
    const refresh = coalesced(APART_MS, async () => {
      await queries.refetchQueries({ queryKey: ['queue'], type: 'active' });
    });
    const touched = (id: string | undefined) => {
      refresh();
      if (id === undefined || id === shown.current) void queries.invalidateQueries({ queryKey: ['ticket'] });
    };
    void positionShown(queries).then((since) => {
      // The one that is open was read beside the queue, and may be older than where the stream begins.
      if (since) void queries.invalidateQueries({ queryKey: ['ticket'] });
      return follow(credentials, over.signal, since, { say: setLive, touched });
    });
    return () => {
      over.abort();
      refresh.stop();
    };
  }, [credentials, queries]);

  useEffect(() => {
    if (live.is !== 'polling') return;
    const timer = setInterval(() => {
      for (const what of ['queue', 'ticket']) void queries.invalidateQueries({ queryKey: [what] });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [live.is, queries]);
  return live;
}

interface Heard {
  readonly say: (live: Live) => void;
  /** A ticket has changed, or any of them may have. */
  readonly touched: (ticketId: string | undefined) => void;
}

async function follow(
  credentials: Credentials | undefined,
  over: AbortSignal,
  since: string | undefined,
  { say, touched }: Heard,
): Promise<void> {
  let last = since;
  let failures = 0;
  // Where the read models stood when they were said to be behind.
  let behind: string | undefined;
  while (!over.aborted) {
    try {
      const broken = new AbortController();
      const response = await fetch('/ux/stream', {
        headers: {
          accept: 'text/event-stream',
          ...(credentials ? headersOf(credentials) : {}),
          ...(last ? { 'last-event-id': last } : {}),
        },
        signal: AbortSignal.any([over, broken.signal]),
      });
      if (response.status === 404 || response.status === 405) return say({ is: 'polling' });
      if (response.status === 401 || response.status === 403) return say({ is: 'reconnecting' });
      if (!response.ok || !response.body) throw new Error(String(response.status));
      failures = 0;
      say({ is: 'live' });
      behind = undefined;
      // What happened while nobody listened is sent after Last-Event-ID; without one it has to be read.
      if (!last) touched(undefined);
      const parser = createParser({
        onEvent: ({ event, data, id }) => {
          if (id) last = id;
          if (event === 'ticket') {
            behind = undefined;
            say({ is: 'live' });
            touched((JSON.parse(data) as { ticket_id: string }).ticket_id);
          } else if (event === 'position') {
            // The same position again does not say that they have caught up.
            if ((JSON.parse(data) as { position: string }).position !== behind) say({ is: 'live' });
          } else if (event === 'stale') {
            const said = JSON.parse(data) as { since: string; position: string };
            behind = said.position;
            say({ is: 'stale', since: said.since });
          } else if (event === 'reset') {
            last = undefined;
            touched(undefined);
          }
        },
      });
      await read(response.body, broken, (text) => parser.feed(text));
    } catch {
      // Said below, and tried again.
    }
    if (over.aborted) return;
    say({ is: 'reconnecting' });
    failures += 1;
    await pause(Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2), over);
  }
}

async function read(body: ReadableStream<Uint8Array>, broken: AbortController, feed: (text: string) => void) {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let silence = setTimeout(() => broken.abort(), SILENCE_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(() => broken.abort(), SILENCE_MS);
      feed(value);
    }
  } finally {
    clearTimeout(silence);
  }
}

const pause = (ms: number, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      over.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    over.addEventListener('abort', done);
  });
