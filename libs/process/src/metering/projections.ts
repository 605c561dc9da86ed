import type { BatchWatch } from '@dispatch/projection';
import { type Meters, SECONDS, tally } from '@dispatch/telemetry';

/** Batches that this process folds. A batch that failed is folded again, and counted again. */
export function meterProjections(meters: Meters): BatchWatch {
  const batches = tally('projection', 'outcome');
  const events = new Map<string, number>();
  meters.counter('dispatch_projection_batches_total', 'Batches that this process folded, by outcome', batches);
  meters.looked({ dispatch_projection_events_total: 'Events that this process folded in' }, (report) => {
    for (const [projection, count] of events) report('dispatch_projection_events_total', count, { projection });
  });
  const took = meters.distribution('dispatch_projection_batch_duration_seconds', 'How long a batch took', SECONDS);
  return async (projection, folded, apply) => {
    const begun = performance.now();
    try {
      const result = await apply();
      batches.add(projection, 'done');
      events.set(projection, (events.get(projection) ?? 0) + folded.length);
      return result;
    } catch (error) {
      batches.add(projection, 'failed');
      throw error;
    } finally {
      took.record((performance.now() - begun) / 1_000, { projection });
    }
  };
}
