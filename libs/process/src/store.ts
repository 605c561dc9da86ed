import {
  type EventStore,
  type LogTexts,
  openEventStoreDbEventStore,
  openPostgresEventStore,
  openPostgresLogTexts,
  textsOf,
} from '@dispatch/event-store';
import type { ProcessSettings } from './settings.js';

/** The log: in the cluster that the settings name, else in the database, where the read models are in any case. */
export function openStore({ eventStoreUrl }: Pick<ProcessSettings, 'eventStoreUrl'>, databaseUrl: string): EventStore {
  return eventStoreUrl === undefined
    ? openPostgresEventStore({ url: databaseUrl })
    : openEventStoreDbEventStore({ url: eventStoreUrl });
}

/** The same log for whoever checks it. `store`: it as {@link openStore} opened it. */
export function openLogTexts(
  { eventStoreUrl }: Pick<ProcessSettings, 'eventStoreUrl'>,
  databaseUrl: string,
  store: EventStore,
): LogTexts {
  return eventStoreUrl === undefined ? openPostgresLogTexts({ url: databaseUrl }) : textsOf(store, { gapless: false });
}
