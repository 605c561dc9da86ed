import {
  type EventStore,
  faultOfEventStoreDbUrl,
  holdsLog,
  migrateLog,
  openEventStoreDbEventStore,
  openPostgresEventStore,
  placeOfEventStoreDb,
  type Restoring,
} from '@dispatch/event-store';
import { explained, Failure } from '../failure.js';

/** Which log of the two. */
export type Side = 'source' | 'target';
export type AnyLog = EventStore & Restoring;

const POSTGRES = /^postgres(ql)?:\/\/\S+$/;
const VARIABLE = /^env:(.+)$/s;

/**
 * The URL that an option gives: itself, or, so that it stands in no list of processes, the one in an environment
 * variable, as `env:NAME`. Nothing of it is ever said, since it may be or hold a password.
 */
export function urlOf(text: string, option: string, env: Readonly<Record<string, string | undefined>>): string {
  const name = VARIABLE.exec(text)?.[1];
  const url = name === undefined ? text : env[name];
  if (url === undefined || url === '') throw new Failure(`${option} names an environment variable that is not set`);
  if (POSTGRES.test(url)) return url;
  if (!/^(esdb|kurrentdb)\b/.test(url))
    throw new Failure(
      `${option} must be a URL such as postgresql://user@host/database or esdb://host:2113, or env:NAME`,
    );
  const fault = faultOfEventStoreDbUrl(url);
  if (fault !== undefined) throw new Failure(`${option} ${fault}`);
  return url;
}

/** Where a log is, without login and options. */
export function placeOfLog(url: string): string {
  if (!POSTGRES.test(url)) return placeOfEventStoreDb(url);
  if (!URL.canParse(url)) throw new Failure('a URL of Postgres is not well-formed');
  const { host, pathname, searchParams } = new URL(url);
  return `postgresql://${searchParams.get('host') ?? host}${pathname}`;
}

export async function openLogAt(url: string): Promise<AnyLog> {
  // A batch of a copy may be larger than any that the service sends.
  return POSTGRES.test(url)
    ? openPostgresEventStore({ url, poolSize: 2, statementTimeoutMs: 60_000 })
    : openEventStoreDbEventStore({ url });
}

/**
 * Makes the log's tables in a Postgres that has none, with the owner's login, which is used for nothing else. What has
 * them is left as it is; a cluster needs none.
 */
export async function prepareTarget(url: string, ownerUrl: string): Promise<void> {
  if (!POSTGRES.test(url) || (await at('target', holdsLog({ url })))) return;
  await at('target', migrateLog({ url: ownerUrl }));
}

export async function refuseWithoutLog(url: string): Promise<void> {
  if (POSTGRES.test(url) && !(await at('source', holdsLog({ url }))))
    throw new Failure('the source holds no log of Dispatch');
}

/** A log whose errors say which of the two it is. */
export function sided(side: Side, log: AnyLog, signal: AbortSignal): Pick<AnyLog, 'readAll' | 'head' | 'restore'> {
  return {
    head: () => at(side, log.head()),
    restore: (events) => at(side, log.restore(events)),
    async *readAll(options) {
      try {
        yield* log.readAll(options);
      } catch (error) {
        throw signal.aborted ? error : troubleAt(side, error);
      }
    },
  };
}

async function at<T>(side: Side, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw troubleAt(side, error);
  }
}

function troubleAt(side: Side, error: unknown): Failure {
  return new Failure(`the ${side}: ${explained(error)}`, { cause: error });
}
