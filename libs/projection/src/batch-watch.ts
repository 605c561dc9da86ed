import type { Recorded } from '@dispatch/event-store';

/** Stands around the batches of every projection; answers what `apply` answers and throws what it throws. */
export type BatchWatch = <T>(projection: string, events: readonly Recorded[], apply: () => Promise<T>) => Promise<T>;
