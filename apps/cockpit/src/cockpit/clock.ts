import { useSyncExternalStore } from 'react';

// One timer for all countdowns of a page; it runs while any is on the screen.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();
/** Milliseconds that the service's clock is ahead of this device's. */
let ahead = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970 by the service's clock, to the second; renders again with every tick. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now + ahead);

/** A device that is wrong by minutes must not show a breach as healthy. */
export function setServiceTime(generatedAt: string): void {
  now = Date.now();
  const difference = Date.parse(generatedAt) - now;
  // Within two seconds it is the way the answer took.
  ahead = Math.abs(difference) < 2000 ? 0 : difference;
}
