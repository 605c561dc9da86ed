import { decorated, type EventStore, LogUnavailable } from '@dispatch/event-store';

/** A refusal is taken for the state of the log for so long, in milliseconds; then somebody has to try again. */
const HOLDS_MS = 10_000;

/** The same log; `fault` says why the latest append was not taken, while that is not long ago and none was since. */
export function watchedAppends(
  store: EventStore,
  now: () => number = () => performance.now(),
): { readonly store: EventStore; readonly fault: () => string | undefined } {
  let latest: { readonly at: number; readonly reason: string } | undefined;
  const watched = decorated(store, {
    async append(...args) {
      try {
        const result = await store.append(...args);
        latest = undefined;
        return result;
      } catch (error) {
        if (error instanceof LogUnavailable) latest = { at: now(), reason: error.message };
        throw error;
      }
    },
  });
  return { store: watched, fault: () => (latest && now() < latest.at + HOLDS_MS ? latest.reason : undefined) };
}
