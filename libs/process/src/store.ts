import {
  type EventStore,
  type LogWatch,
  openEventStoreDbEventStore,
  openPostgresEventStore,
} from '@dispatch/event-store';
import type { ProcessSettings } from './settings.js';

/** The log: in the cluster that the settings name, else in the database, where the read models are in any case. */
export function openStore(
  { eventStoreUrl }: Pick<ProcessSettings, 'eventStoreUrl'>,
  databaseUrl: string,
  watch?: LogWatch,
): EventStore {
  return eventStoreUrl === undefined
    ? openPostgresEventStore({ url: databaseUrl, watch })
    : openEventStoreDbEventStore({ url: eventStoreUrl });
}
