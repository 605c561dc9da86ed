import { setTimeout as sleep } from 'node:timers/promises';
import {
  AccessDeniedError,
  type AppendExpectedRevision,
  type AppendResult,
  ErrorType,
  EventStoreDBClient,
  isCommandError,
  type JSONEventData,
  NotLeaderError,
} from '@eventstore/db-client';
import { LogUnavailable } from '../event-store.js';
import { readEventStoreDbUrl } from './url.js';

/** A client of the cluster, whose every call has an end. */
export interface Connection {
  readonly client: EventStoreDBClient;
  /** Milliseconds that a call may take, and a read may be silent. */
  readonly timeoutMs: number;
  /** @throws WrongExpectedVersionError, {@link LogUnavailable} where the outcome is unknown. */
  append(stream: string, expected: AppendExpectedRevision, event: JSONEventData): Promise<AppendResult>;
  close(): Promise<void>;
}

/** For calls: whoever does not lead may be behind, and then a claim or a tail would be missed. */
export const LEADER_ONLY = { requiresLeader: true } as const;

/** Milliseconds a call may take when nobody says otherwise. */
const TIMEOUT_MS = 10_000;
/** How long after its deadline a call is given up that the client has not even sent: it may be looking for a node. */
const GRACE_MS = 1_000;
/** Tries of a call that a node sends away because it does not lead: it was not carried out. */
const LEADER_TRIES = 3;

/** What the client has beyond its public face and this file needs. */
interface Inner {
  supports: () => Promise<boolean>;
  readonly getChannel: () => Promise<{ close(): void }>;
}

/** Connects when first used. A lost connection, or one to a node that no longer leads, is made anew by the next call. */
export function connectTo(url: string, timeout: number | undefined): Connection {
  const { connectionString, defaultDeadline } = readEventStoreDbUrl(url);
  const timeoutMs = defaultDeadline ?? timeout ?? TIMEOUT_MS;
  const client = clientOf(connectionString);
  const inner = client as unknown as Inner;
  // A call for each append, with a deadline of its own. The client's batches have none; they keep the promises of all
  // clients of a process in one table and empty it when any connection breaks, and an answer that comes after that is
  // thrown where nobody can catch it: it ends the process.
  inner.supports = () => Promise.resolve(false);
  let used = false;

  async function append(stream: string, expectedRevision: AppendExpectedRevision, event: JSONEventData) {
    used = true;
    const options = { ...LEADER_ONLY, expectedRevision, deadline: timeoutMs };
    for (let tries = 1; ; tries += 1) {
      try {
        return await inTime(client.appendToStream(stream, event, options), timeoutMs + GRACE_MS);
      } catch (error) {
        const away = asAway(error);
        if (!(await leadsElsewhere(away, tries))) throw away;
      }
    }
  }

  return {
    get client() {
      used = true;
      return client;
    },
    timeoutMs,
    append,
    async close() {
      if (!used) return;
      await inTime(client.dispose(), GRACE_MS).catch(() => undefined);
      const channel = await inTime(inner.getChannel(), GRACE_MS).catch(() => undefined);
      channel?.close();
    },
  };
}

function clientOf(connectionString: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    // The client quotes the string, and with it the password; what it says of certificates does not.
    const told = error instanceof Error && /^(Failed to load|userCertFile)/.test(error.message) ? error.message : '';
    throw new Error(`the connection string of the log cannot be used: ${told || 'it is not well-formed'}`);
  }
}

const AWAY: ReadonlySet<string> = new Set([
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
  // Of a connection that broke in the middle of an answer, among others.
  ErrorType.UNKNOWN,
]);
/** RESOURCE_EXHAUSTED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED, DATA_LOSS: the same call fails again. */
const FOR_GOOD: ReadonlySet<number | undefined> = new Set([8, 9, 11, 12, 15]);

/** The error, or, where it only says that the cluster cannot be used now, {@link LogUnavailable} with it as cause. */
export function asAway(error: unknown): unknown {
  if (error instanceof LogUnavailable || !(error instanceof Error)) return error;
  if (error instanceof AccessDeniedError)
    return new Error(`EventStoreDB denies access: its login must be one that may read $all (${error.message})`, {
      cause: error,
    });
  const away = isCommandError(error)
    ? AWAY.has(error.type) && !FOR_GOOD.has(error.code)
    : // Discovery found no node; a call of gRPC itself, which the client has not translated.
      /^Failed to discover/.test(error.message) || ('code' in error && typeof error.code === 'number');
  if (!away) return error;
  // What gRPC adds even where it has nothing to add.
  const reason = error.message.replace(/\s*Resolution note:\s*$/, '');
  return new LogUnavailable(`EventStoreDB cannot be used now: ${reason}`, { cause: error });
}

/** Whether the call was only sent to the wrong node, and is worth another try: the client then turns to the leader. */
export async function leadsElsewhere(error: unknown, tries: number): Promise<boolean> {
  const cause = error instanceof LogUnavailable ? error.cause : undefined;
  if (!(cause instanceof NotLeaderError) || tries === LEADER_TRIES) return false;
  // The client has turned once this turn of the event loop is over.
  await sleep(1);
  return true;
}

export function noAnswer(ms: number): LogUnavailable {
  return new LogUnavailable(`EventStoreDB has not answered within ${ms} ms`);
}

async function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(noAnswer(ms)), ms);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
