import { decorated, type EventStore, type LogWatch, type PoolUse } from '@dispatch/event-store';
import { type Meters, SECONDS, SIZES, tally } from '@dispatch/telemetry';

/** Connections of a process, as they are when somebody asks. */
export function meterPools(meters: Meters): (name: string, pool: PoolUse) => void {
  const pools = new Map<string, PoolUse>();
  meters.looked(
    { dispatch_pool_connections: 'Connections to Postgres by pool: in use, idle; and callers that wait for one' },
    (report) => {
      for (const [pool, { totalCount, idleCount, waitingCount }] of pools)
        for (const [state, value] of [
          ['used', totalCount - idleCount],
          ['idle', idleCount],
          ['waiting', waitingCount],
        ] as const)
          report('dispatch_pool_connections', value, { pool, state });
    },
  );
  return (name, pool) => void pools.set(name, pool);
}

/** Batches of appends as the log writes them. */
export function meterBatches(meters: Meters): NonNullable<LogWatch['batch']> {
  const size = meters.distribution('dispatch_append_batch_size', 'Events that one commit wrote together', SIZES);
  const took = meters.distribution('dispatch_append_batch_duration_seconds', 'How long a commit took', SECONDS);
  return async (items, write) => {
    const begun = performance.now();
    try {
      return await write();
    } finally {
      size.record(items.length);
      took.record((performance.now() - begun) / 1_000);
    }
  };
}

/** The same log; what is appended is counted: how it ended, of which type, and how long the caller waited. */
export function meteredLog(store: EventStore, meters: Meters): EventStore {
  const appends = tally('outcome');
  const events = tally('type');
  meters.counter('dispatch_appends_total', 'Appends by outcome: written, conflict, duplicate or failed', appends);
  meters.counter('dispatch_events_appended_total', 'Events that this process wrote, by type', events);
  const took = meters.distribution(
    'dispatch_append_duration_seconds',
    'How long an append waited for its answer',
    SECONDS,
  );
  return decorated(store, {
    async append(stream, expected, event) {
      const begun = performance.now();
      try {
        const result = await store.append(stream, expected, event);
        if ('written' in result) {
          appends.add('written');
          events.add(event.type);
        } else appends.add('duplicate' in result ? 'duplicate' : 'conflict');
        return result;
      } catch (error) {
        appends.add('failed');
        throw error;
      } finally {
        took.record((performance.now() - begun) / 1_000);
      }
    },
  });
}
