import { hostname } from 'node:os';
import type { EventStore, Position } from '@dispatch/event-store';
import type { ClientBase } from 'pg';

/** A sign of life, about once a second. */
export interface Pulse {
  /** Tells that the runner lives, and how far it saw the log; does nothing when that was just told. */
  beat(): Promise<void>;
  /** Beats by itself until this work is done, which needs nothing of the connection; `silent` aborts if that fails. */
  during<T>(work: (silent: AbortSignal) => Promise<T>): Promise<T>;
}

const BEAT_MS = 1_000;
/** How long the log may take to tell its head: whoever waits for it gives no sign of life. */
const HEAD_MS = 1_000;
const KEPT = '1 hour';

const ME = `${hostname()}:${process.pid}`;

/**
 * Over the connection that holds the lease and writes the rows, so that a beat says that this one works. A head that
 * cannot be seen is left out: the runner lives all the same.
 */
export function pulseOf(client: ClientBase, name: string, store: Pick<EventStore, 'head'>): Pulse {
  let last = -Infinity;
  const beat = async () => {
    if (performance.now() < last + BEAT_MS) return;
    last = performance.now();
    const head = await soon(store.head());
    await client.query({ name: 'beat', text: BEAT, values: [name, ME, head === 'start' ? '0' : head] });
  };
  return {
    beat,
    async during(work) {
      const silent = new AbortController();
      const timer = setInterval(() => void beat().catch(() => silent.abort()), BEAT_MS);
      try {
        return await work(silent.signal);
      } finally {
        clearInterval(timer);
      }
    },
  };
}

const BEAT = `
  with beat as (
    insert into dispatch_read.runners (name, process, beat_at, looked_at)
    values ($1, $2, clock_timestamp(), case when $3::numeric is not null then clock_timestamp() end)
    on conflict (name) do update set process = excluded.process, beat_at = excluded.beat_at,
      looked_at = coalesce(excluded.looked_at, runners.looked_at)
  ), seen as (
    insert into dispatch_read.sightings (head)
    select $3 where $3 > coalesce((select max(head) from dispatch_read.sightings), 0)
  )
  delete from dispatch_read.sightings where seen_at < clock_timestamp() - interval '${KEPT}'`;

async function soon(head: Promise<Position | 'start'>): Promise<Position | 'start' | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, HEAD_MS, null);
  try {
    return await Promise.race([head.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
