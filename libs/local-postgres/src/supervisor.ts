import { setTimeout as delay } from 'node:timers/promises';
import { field, LocalPostgresFailed } from './errors.js';
import type { Postmaster } from './postmaster.js';

/** Why Postgres is down for good. */
export type Ended = { readonly reason: 'stopped' } | { readonly reason: 'failed'; readonly error: unknown };

export interface Supervised {
  readonly exited: Promise<Ended>;
  stop(): Promise<void>;
}

/** One that ran this long, in milliseconds, was sound: its end counts as the first failure, not as one more. */
const SOUND_MS = 10_000;
/** How often a start is tried in a row: at first only so long as backends of a dead server may take to end. */
const FIRST_ATTEMPTS = 4;
const ATTEMPTS = 8;
/** After so many failures in a row, in milliseconds: 0, 100, 200, 400 … 5000. */
const growing = (failures: number): number => (failures === 0 ? 0 : Math.min(100 * 2 ** (failures - 1), 5000));

/**
 * Keeps a server running: one that ends unasked is started again, after growing pauses, until it has failed
 * too often in a row. The first start is tried the same way, and its failure is thrown.
 */
export async function supervise(
  start: () => Promise<Postmaster>,
  log: (line: string) => void,
  pause = growing,
): Promise<Supervised> {
  const stopping = new AbortController();
  const { signal } = stopping;

  const attempt = async (before: number, limit: number): Promise<Postmaster> => {
    for (let failures = before; ; failures++) {
      await delay(pause(failures), undefined, { signal });
      try {
        return await start();
      } catch (error) {
        if (failures + 1 >= limit) throw error;
        log(`${String(field(error, 'message') ?? error)}; trying again`);
      }
    }
  };
  let current = await attempt(0, FIRST_ATTEMPTS);

  const watch = async (): Promise<Ended> => {
    for (let failures = 0; ; ) {
      const since = Date.now();
      const how = await current.exited;
      if (signal.aborted) return { reason: 'stopped' };
      failures = Date.now() - since > SOUND_MS ? 0 : failures + 1;
      if (failures >= ATTEMPTS)
        return { reason: 'failed', error: new LocalPostgresFailed(`Postgres keeps ending (${how})`) };
      log(`Postgres ended unasked (${how}); starting it again`);
      try {
        current = await attempt(failures, ATTEMPTS);
      } catch (error) {
        return signal.aborted ? { reason: 'stopped' } : { reason: 'failed', error };
      }
      if (signal.aborted) await current.stop();
    }
  };

  const exited = watch();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await current.stop();
    await exited;
  };
  return { exited, stop };
}
