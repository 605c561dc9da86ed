/**
 * Runs tasks of the same key one after another, in the order they came; other keys run beside them. When one fails
 * with what `ends` says would meet the others too, those that wait behind it fail with it, without a try of their own.
 */
export function inTurn(ends: (error: unknown) => boolean): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const before = tails.get(key);
    const afterFailure = (error: unknown) => {
      if (ends(error)) throw error;
      return task();
    };
    const mine = before ? before.then(task, afterFailure) : task();
    tails.set(key, mine);
    const leave = () => {
      if (tails.get(key) === mine) tails.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
}
