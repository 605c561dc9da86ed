import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { backoff } from '../backoff.js';
import { whileAnswering } from './heartbeat.js';

/** Rings when the log has grown: NOTIFY over one connection, shared by all who wait. */
export interface Bell {
  /** How often it has rung; asked before a read, so that a ring during the read is not lost. */
  rung(): number;
  /** Resolves once it has rung more often than `seen`, after `ms`, or when the signal aborts or the bell closes. */
  next(seen: number, ms: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Connects when first waited for. Losing the connection costs promptness only: waiters come back after their `ms`. */
export function openBell(config: ClientConfig, beatMs?: number): Bell {
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  let rings = 0;
  let listening: Promise<void> | undefined;

  const ring = () => {
    rings += 1;
    for (const wake of [...waiting]) wake();
  };

  return {
    rung: () => rings,
    next(seen, ms, signal) {
      if (rings !== seen || signal.aborted || closing.signal.aborted) return Promise.resolve();
      listening ??= listen(config, ring, closing.signal, beatMs);
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      });
    },
    async close() {
      closing.abort();
      ring();
      await listening;
    },
  };
}

async function listen(config: ClientConfig, ring: () => void, signal: AbortSignal, beatMs?: number): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const heard = await attend(config, ring, signal, beatMs);
    failures = heard ? 1 : failures + 1;
    // Aborted while it sleeps: the loop's condition ends it.
    await sleep(backoff(failures), undefined, { signal }).catch(() => undefined);
  }
}

/** Listens until the connection ends, falls silent, or the signal aborts; false when it never came to listen. */
async function attend(config: ClientConfig, ring: () => void, signal: AbortSignal, beatMs?: number): Promise<boolean> {
  const client = new Client(config);
  const ended = new AbortController();
  client.once('end', () => ended.abort());
  client.on('error', () => ended.abort());
  const leave = () => void client.end();
  signal.addEventListener('abort', leave);
  let heard = false;
  try {
    await client.connect();
    client.on('notification', ring);
    await client.query('listen dispatch_log');
    // Whatever was written while nobody listened.
    ring();
    heard = true;
    await whileAnswering(client, AbortSignal.any([ended.signal, signal]), beatMs);
    return true;
  } catch {
    return heard;
  } finally {
    signal.removeEventListener('abort', leave);
    await client.end();
  }
}
