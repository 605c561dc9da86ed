/** Counts what happened within the last minutes. */
export interface SlidingWindow {
  add(): void;
  count(): number;
}

/** Parts of a window: it forgets a part at a time. */
const PARTS = 90;

/**
 * A window over the last `ms` milliseconds, exact to a ninetieth of it, in as many numbers. `now` never goes back:
 * milliseconds of a monotonic clock.
 */
export function slidingWindow(ms: number, now: () => number = () => performance.now()): SlidingWindow {
  const part = ms / PARTS;
  const counts = new Array<number>(PARTS).fill(0);
  let newest = Math.floor(now() / part);

  /** Empties the parts that have begun since. */
  function move(): void {
    const present = Math.floor(now() / part);
    for (let n = Math.max(newest, present - PARTS); n < present; ) counts[++n % PARTS] = 0;
    newest = Math.max(newest, present);
  }

  return {
    add() {
      move();
      const at = newest % PARTS;
      counts[at] = (counts[at] ?? 0) + 1;
    },
    count() {
      move();
      return counts.reduce((sum, one) => sum + one, 0);
    },
  };
}
