import {
  type EventStore,
  type LogTexts,
  type LogWatch,
  openEventStoreDbEventStore,
  openPostgresEventStore,
  openPostgresLogTexts,
  textsOf,
} from '@dispatch/event-store';
import type { LogSettings } from './settings.js';

/** The log: in the cluster that the settings name, else in the database, where the read models are in any case. */
export async function openStore(
  { eventStoreUrl, logTimeoutMs }: LogSettings,
  databaseUrl: string,
  watch?: LogWatch,
): Promise<EventStore> {
  return eventStoreUrl === undefined
    ? openPostgresEventStore({ url: databaseUrl, statementTimeoutMs: logTimeoutMs, watch })
    : openEventStoreDbEventStore({ url: eventStoreUrl, timeoutMs: logTimeoutMs });
}

/** The same log for whoever checks it. `store`: it as {@link openStore} opened it. */
export function openLogTexts({ eventStoreUrl }: LogSettings, databaseUrl: string, store: EventStore): LogTexts {
  return eventStoreUrl === undefined ? openPostgresLogTexts({ url: databaseUrl }) : textsOf(store, { gapless: false });
}
