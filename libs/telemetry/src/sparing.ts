import type { Log } from './log.js';

/** Between two lines of one message, in milliseconds. */
const EVERY_MS = 10_000;

/**
 * Warns of what may happen to every request at once: the first time at once, then at most every ten seconds, with how
 * often it was `not_told` in between.
 */
export function sparing(log: Pick<Log, 'warn'>, now: () => number = () => performance.now()): Log['warn'] {
  const told = new Map<string, { readonly at: number; silent: number }>();
  return (fields, message) => {
    const last = told.get(message);
    if (last && now() < last.at + EVERY_MS) {
      last.silent += 1;
      return;
    }
    told.set(message, { at: now(), silent: 0 });
    log.warn({ ...fields, ...(last && last.silent > 0 && { not_told: last.silent }) }, message);
  };
}
