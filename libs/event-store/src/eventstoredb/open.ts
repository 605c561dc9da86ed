import type { EventStore, Restoring } from '../event-store.js';
import type { EventStoreDbEventStoreOptions } from './eventstoredb-event-store.js';

/**
 * The log in an EventStoreDB or KurrentDB cluster. Connects when first used. The client is loaded by the first call: a
 * process whose log is in Postgres has no use for it, and it is a sixth of all code.
 */
export async function openEventStoreDbEventStore(
  options: EventStoreDbEventStoreOptions,
): Promise<EventStore & Restoring> {
  const adapter = await import('./eventstoredb-event-store.js');
  return adapter.openEventStoreDbEventStore(options);
}
