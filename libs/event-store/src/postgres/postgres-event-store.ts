import { Pool, type PoolConfig } from 'pg';
import { type Admitted, admit } from '../admission.js';
import { type Appended, type EventStore, LogUnavailable, type Recorded, type Restoring } from '../event-store.js';
import { groupCommit } from '../group-commit.js';
import { parsedObject } from '../hash.js';
import type { LogWatch } from '../log-watch.js';
import { appendAll, appendValues, type VerdictRow } from './appending.js';
import { openBell } from './bell.js';
import { connectionTo, reached } from './connection.js';
import { logReader } from './reading.js';
import { restoreAll } from './restoring.js';
import { hex } from './rows.js';

export interface PostgresEventStoreOptions {
  /** A login that may take the role dispatch_app. The schema is made by migrateLog. */
  readonly url: string;
  /** Connections for reads, 8 by default; there is one more for appends and one for followers. */
  readonly poolSize?: number;
  /** Milliseconds after which a follower looks for itself, should a notification be lost: 1,000 by default. */
  readonly pollMs?: number;
  /** Milliseconds that a statement, or making a connection, may take; 10,000 by default. */
  readonly statementTimeoutMs?: number;
  readonly watch?: LogWatch;
}

/** Bounds of one batch of appends, hence of the time it holds the lock on the head. */
const MAX_ITEMS = 512;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * While Postgres writes one batch, which the lock on the head makes it do one at a time, this process makes the next
 * and the connection has it waiting there.
 */
const LANES = 2;
/** What a batch costs by itself, to both, is what some fifteen appends cost in it: two small ones cost more than one. */
const FEW = 32;

/** The log in Postgres. Connects when first used; a lost connection is made again by the next call. */
export function openPostgresEventStore(options: PostgresEventStoreOptions): EventStore & Restoring {
  const { url, poolSize = 8, pollMs = 1_000, statementTimeoutMs = 10_000, watch = {} } = options;
  const { batch: around = (_, write) => write() } = watch;
  const connection = connectionTo(url, statementTimeoutMs);
  const closing = new AbortController();
  const pool = quietPool({ ...connection, max: poolSize });
  // Of its own, so that no crowd of readers keeps an append waiting.
  const writer = quietPool({ ...connection, max: LANES, idleTimeoutMillis: 0 });
  watch.pool?.('log', pool);
  watch.pool?.('appends', writer);
  const bell = openBell(connection);
  const reader = logReader({ pool, bell, pollMs, closing: closing.signal });

  const commits = groupCommit<Admitted, VerdictRow>({
    write: (batch) => around(batch, () => writeAll(batch)),
    lanes: LANES,
    few: FEW,
    keys: ({ stream, event }) => [`stream ${stream}`, `event ${event.id}`],
    bytes: ({ data, metadata }) => data.length + metadata.length,
    maxItems: MAX_ITEMS,
    maxBytes: MAX_BYTES,
  });

  async function writeAll(batch: readonly Admitted[]): Promise<readonly VerdictRow[]> {
    return (await reached(writer.query<VerdictRow>({ ...appendAll, values: appendValues(batch) }))).rows;
  }

  async function holderOf(id: string): Promise<Recorded> {
    const holder = await reader.find(id);
    if (!holder) throw new Error(`the log refused event ${id} as a duplicate and does not hold it`);
    return holder;
  }

  return {
    ...reader,
    async append(stream, expected, event) {
      if (closing.signal.aborted) throw new LogUnavailable('the event store is closed');
      const admitted = admit(stream, expected, event);
      const verdict = await commits.submit(admitted);
      return verdict[0] === 'duplicate' ? { duplicate: await holderOf(event.id) } : outcome(admitted, verdict);
    },
    async restore(events) {
      if (closing.signal.aborted) throw new LogUnavailable('the event store is closed');
      return restoreAll(writer, events);
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await commits.idle();
      await Promise.all([bell.close(), pool.end(), writer.end()]);
    },
  };
}

/** A pool whose idle connections may break: it drops them, and the next query makes a new one. */
function quietPool(config: PoolConfig): Pool {
  return new Pool(config).on('error', () => undefined);
}

function outcome(admitted: Admitted, [, tail, position, prevHash, hash]: VerdictRow): Appended {
  const { stream, event } = admitted;
  const revision = Number(tail);
  if (position === null) return { conflict: revision < 0 ? 'none' : revision };
  const { id, type, schemaVersion, at } = event;
  // Read back from the text: whoever reads it later is given the same keys in the same order.
  const [data, metadata] = [parsedObject(admitted.data), parsedObject(admitted.metadata)];
  return {
    written: {
      id,
      type,
      schemaVersion,
      data,
      metadata,
      at,
      stream,
      revision,
      position,
      prevHash: hex(prevHash),
      hash: hex(hash),
    },
  };
}
