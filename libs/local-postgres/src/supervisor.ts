import { setTimeout as delay } from 'node:timers/promises';
import { field } from './errors.js';
import type { Postmaster } from './postmaster.js';

export interface Supervised {
  /** Resolves when it was stopped. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** One that ran this long, in milliseconds, was sound: its end counts as the first failure, not as one more. */
const SOUND_MS = 10_000;
/** How often the first start is tried: only so long as backends of a dead server may take to end. */
const FIRST_ATTEMPTS = 4;
/** After so many failures in a row, in milliseconds: 0, 100, 200, 400 … 5000. */
const growing = (failures: number): number => (failures === 0 ? 0 : Math.min(100 * 2 ** (failures - 1), 5000));

/**
 * Keeps a server running: one that ends unasked is started again, after growing pauses, however often: what keeps it
 * down, a full disk say, may pass without anybody here. The log is told the same reason once. The first start is tried
 * a few times, and its failure is thrown.
 */
export async function supervise(
  start: () => Promise<Postmaster>,
  log: (line: string) => void,
  pause = growing,
): Promise<Supervised> {
  const stopping = new AbortController();
  const { signal } = stopping;

  let told = '';
  const tell = (line: string): void => {
    if (line !== told) log(line);
    told = line;
  };

  const attempt = async (before: number, limit = Infinity): Promise<Postmaster> => {
    for (let failures = before; ; failures++) {
      await delay(pause(failures), undefined, { signal });
      try {
        return await start();
      } catch (error) {
        if (failures + 1 >= limit) throw error;
        tell(`${String(field(error, 'message') ?? error)}; trying again`);
      }
    }
  };
  let current = await attempt(0, FIRST_ATTEMPTS);

  const watch = async (): Promise<void> => {
    for (let failures = 0; ; ) {
      const since = performance.now();
      const how = await current.exited;
      if (signal.aborted) return;
      if (performance.now() - since > SOUND_MS) told = '';
      failures = performance.now() - since > SOUND_MS ? 0 : failures + 1;
      tell(`Postgres ended unasked (${how}); starting it again`);
      try {
        current = await attempt(failures);
      } catch {
        // Only `stop` ends the tries.
        return;
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
