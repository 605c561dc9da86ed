import {
  type EventStore,
  type LogWatch,
  openEventStoreDbEventStore,
  openPostgresEventStore,
} from '@dispatch/event-store';
import type { LogSettings } from './settings.js';

/** The log: in the cluster that the settings name, else in the database, where the read models are in any case. */
export function openStore(
  { eventStoreUrl, logTimeoutMs }: LogSettings,
  databaseUrl: string,
  watch?: LogWatch,
): EventStore {
  return eventStoreUrl === undefined
    ? openPostgresEventStore({ url: databaseUrl, statementTimeoutMs: logTimeoutMs, watch })
    : openEventStoreDbEventStore({ url: eventStoreUrl, timeoutMs: logTimeoutMs });
}
