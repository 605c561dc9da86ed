import { LogUnavailable } from '../event-store.js';

/** Runs tasks that share a key one after another, in the order they came; others run beside them. */
export interface Turns {
  run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
}

/**
 * While the log is away, those that wait would only wait for it again, one timeout after another: a task that finds
 * it away fails all that wait then. Who comes later tries anew.
 */
export function inTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  const running = new Set<Promise<unknown>>();
  /** Counts how often a task found the log away. */
  let failures = 0;
  let failure: LogUnavailable | undefined;

  async function tried<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof LogUnavailable) {
        failures += 1;
        failure = error;
      }
      throw error;
    }
  }

  return {
    run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
      const atArrival = failures;
      const before = keys.flatMap((key) => last.get(key) ?? []);
      const after = async () => {
        if (failure && failures !== atArrival) throw failure;
        return tried(task);
      };
      const mine = before.length === 0 ? tried(task) : Promise.allSettled(before).then(after);
      for (const key of keys) last.set(key, mine);
      running.add(mine);
      const leave = () => {
        for (const key of keys) if (last.get(key) === mine) last.delete(key);
        running.delete(mine);
      };
      mine.then(leave, leave);
      return mine;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
