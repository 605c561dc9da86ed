import type { NewEvent } from './event-store.js';

/** How many connections a pool has, how many of them nobody uses, and how many callers wait for one. */
export interface PoolUse {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What a log tells of its own work: for metrics and traces, which are no part of it. */
export interface LogWatch {
  /** Stands around the write of a batch of appends. */
  readonly batch?: <T>(items: readonly { readonly event: NewEvent }[], write: () => Promise<T>) => Promise<T>;
  /** Told once of each pool of connections. */
  readonly pool?: (name: string, pool: PoolUse) => void;
}
