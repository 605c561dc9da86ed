import { resolve } from 'node:path';
import type { EventStore, LogTexts } from '@dispatch/event-store';
import { findLocalPostgres } from '@dispatch/local-postgres';
import {
  openDatabase,
  openLogTexts,
  openStore,
  type ProcessSettings,
  readProcessSettings,
  stopsInTurn,
} from '@dispatch/process';
import { openReadModels, type ReadModels, refuseOtherLog } from '@dispatch/projection';
import { openLog } from '@dispatch/telemetry';
import type { Printer } from './printer.js';

/** What a command is run in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly printer: Printer;
  /** Aborts when the person in front of it has had enough. */
  readonly signal: AbortSignal;
}

/** The log and its read models, in the database that the service uses or would use. */
export interface Connected {
  readonly url: string;
  readonly settings: ProcessSettings;
  readonly store: EventStore;
  readonly models: ReadModels;
  /** The log as texts, for whoever checks it. */
  readonly texts: LogTexts;
}

/**
 * Works on the database of DISPATCH_DATABASE_URL; else on the embedded one that a service runs on DISPATCH_DATA_DIR;
 * else, since nothing runs, on the embedded one started for this command alone.
 * @throws OtherLog when read models there were made from another log.
 */
export function connected<T>(given: Surroundings, work: (parts: Connected) => Promise<T>): Promise<T> {
  return connectedToAny(given, async (parts) => {
    await refuseOtherLog(parts);
    return work(parts);
  });
}

/** The same for an auditor, who also looks into a log that somebody has cut or replaced. */
export async function connectedToAny<T>(given: Surroundings, work: (parts: Connected) => Promise<T>): Promise<T> {
  const settings = readProcessSettings(given.env);
  const { url, stop } = await databaseOf(settings, given.printer);
  try {
    const store = await openStore(settings, url);
    const models = openReadModels({ url, store });
    const texts = openLogTexts(settings, url, store);
    try {
      return await work({ url, settings, store, models, texts });
    } finally {
      await texts.close();
      await models.close();
      await store.close();
    }
  } finally {
    await stop();
  }
}

/** Where the log is that the service uses or would use, found as {@link connected} does, and where that is in words. */
export async function withOwnLog<T>(given: Surroundings, work: (url: string, place: string) => Promise<T>): Promise<T> {
  const settings = readProcessSettings(given.env);
  if (settings.eventStoreUrl !== undefined)
    return work(settings.eventStoreUrl, 'the cluster of DISPATCH_EVENTSTORE_URL');
  const { url, stop } = await databaseOf(settings, given.printer);
  const place = settings.database
    ? 'the database of DISPATCH_DATABASE_URL'
    : `the embedded PostgreSQL in ${resolve(settings.dataDir)}`;
  try {
    return await work(url, place);
  } finally {
    await stop();
  }
}

const nothing = () => Promise.resolve();

async function databaseOf(
  settings: ProcessSettings,
  printer: Printer,
): Promise<{ url: string; stop: () => Promise<void> }> {
  if (settings.database) return { url: settings.database.url, stop: nothing };
  const running = await findLocalPostgres(settings.dataDir);
  return running ? { url: running.serviceUrl, stop: nothing } : alone(settings, printer);
}

/** Brought up to date as the service does it at its start. */
async function alone(settings: ProcessSettings, printer: Printer) {
  printer.note(`No service runs on ${resolve(settings.dataDir)}: its PostgreSQL is started for this command`);
  const stops = stopsInTurn();
  try {
    const { url } = await openDatabase({ ...settings, role: 'all' }, openLog('silent'), stops);
    return { url, stop: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}
