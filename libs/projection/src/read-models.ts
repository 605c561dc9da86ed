import type { EventStore } from '@dispatch/event-store';
import { Pool } from 'pg';
import { connectionTo } from './connection.js';
import { type Operating, operating } from './operating.js';
import { ANSWER_MS, openPositions, type Positions } from './positions.js';
import { type ProjectionStatus, statusOf } from './status.js';

export interface ReadModelsOptions {
  /** A login that may take the role dispatch_app. */
  readonly url: string;
  readonly store: EventStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What reads, /ready, metrics and the CLI ask of the read models, in any process. */
export interface ReadModels extends Operating {
  status(): Promise<ProjectionStatus[]>;
  readonly positionOf: Positions['of'];
  readonly waitFor: Positions['waitFor'];
  close(): Promise<void>;
}

export function openReadModels({ url, store, now = Date.now }: ReadModelsOptions): ReadModels {
  const pool = new Pool({ ...connectionTo(url), max: 2, query_timeout: ANSWER_MS }).on('error', () => undefined);
  // An operator waits for a lock as long as it takes.
  const acting = new Pool({ ...connectionTo(url), max: 1 }).on('error', () => undefined);
  const positions = openPositions(url, pool);
  return {
    ...operating(acting),
    status: () => statusOf(pool, store, now),
    positionOf: positions.of,
    waitFor: positions.waitFor,
    async close() {
      await positions.close();
      await Promise.all([pool.end(), acting.end()]);
    },
  };
}
