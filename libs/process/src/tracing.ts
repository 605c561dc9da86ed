import { decorated, type EventStore, type LogWatch } from '@dispatch/event-store';
import type { BatchWatch } from '@dispatch/projection';
import { asPart, forMany } from '@dispatch/telemetry';

/** The same log; an append is a span of the request that makes it. */
export function tracedLog(store: EventStore): EventStore {
  return decorated(store, {
    append: (stream, expected, event) =>
      asPart(`append ${event.type}`, { 'dispatch.stream': stream, 'dispatch.event.id': event.id }, async (span) => {
        const result = await store.append(stream, expected, event);
        if ('written' in result) span?.setAttribute('dispatch.position', result.written.position);
        else span?.setAttribute('dispatch.append.outcome', 'duplicate' in result ? 'duplicate' : 'conflict');
        return result;
      }),
  });
}

/** Around what is given: one commit serves many requests, and is linked to each. */
export const traceBatches =
  (watch: NonNullable<LogWatch['batch']>): NonNullable<LogWatch['batch']> =>
  (items, write) =>
    forMany(
      'append batch',
      'internal',
      () => items.map(({ event }) => event.metadata['traceparent']),
      { 'dispatch.batch.size': items.length },
      () => watch(items, write),
    );

/** Around what is given: a batch of a projection is linked to the requests whose events it folds in, wherever they ran. */
export const traceProjections =
  (watch: BatchWatch): BatchWatch =>
  (projection, events, apply) =>
    forMany(
      `project ${projection}`,
      'consumer',
      () => events.map(({ metadata }) => metadata['traceparent']),
      { 'dispatch.projection': projection, 'dispatch.batch.size': events.length },
      () => watch(projection, events, apply),
    );
