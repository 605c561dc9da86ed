import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CONNECT_MS } from '@dispatch/event-store';
import { Client, type ClientBase, type ClientConfig, DatabaseError } from 'pg';

/** What the library says about its work; pino's loggers are such. */
export interface ProjectionLog {
  debug?(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/**
 * How every connection is made: with the URL's login, at once in the role that owns the read models. A server that
 * lost its client lets go of the lease within about 5 s also when nobody told it (keepalives are the server's).
 */
export function connectionTo(url: string): ClientConfig {
  // pg lets the URL win over what stands beside it; the role would be lost without a word.
  if (/[?&]options=/.test(url)) throw new Error('the URL of the read models may not carry "options"');
  return {
    connectionString: url,
    options:
      '-c role=dispatch_app -c timezone=UTC -c datestyle=ISO -c jit=off -c search_path=dispatch_read ' +
      '-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3',
    application_name: 'dispatch projections',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
}

/** How long the server may take to let a connection go, which one that is out of reach never does. */
const GOODBYE_MS = 1_000;

export interface ConnectedOptions {
  /** How long an answer may take before the connection is taken for lost; without it, as long as it likes. */
  readonly answerMs?: number;
  /** Cuts the connection, whatever is waited for on it; its reason is then thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` on a connection of its own; `signal` aborts as soon as the connection is lost.
 */
export async function connected<T>(
  url: string,
  work: (client: Client, lost: AbortSignal) => Promise<T>,
  { answerMs, signal }: ConnectedOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    ...connectionTo(url),
    ...(answerMs === undefined ? { connectionTimeoutMillis: CONNECT_MS } : { query_timeout: answerMs }),
    stream: () => socket,
  });
  const cut = () => void socket.destroy();
  signal?.addEventListener('abort', cut, { once: true });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  try {
    await client.connect();
    return await work(client, lost.signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cut);
    await Promise.race([client.end(), delay(GOODBYE_MS, undefined, { ref: false })]);
    socket.destroy();
  }
}

export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that is gone has rolled back already.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Locks of a session, by purpose and projection. They go with the connection, however it ends. */
export async function tryLock(client: ClientBase, purpose: 'run' | 'rebuild', name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_lock(hashtextextended('dispatch_read ' || $1 || ' ' || $2, 0)) as taken",
    [purpose, name],
  );
  return rows[0]?.taken === true;
}

/** The lock of a rebuild for this transaction only. */
export async function tryRebuildLock(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_xact_lock(hashtextextended('dispatch_read rebuild ' || $1, 0)) as taken",
    [name],
  );
  return rows[0]?.taken === true;
}

/** What a row holds cannot be stored (22), or breaks a constraint (23): trying again gives the same. */
export function refusesData(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(22|23)/.test(error.code ?? '');
}

/** A lock that was not got in time. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}

/** Resolves after `ms`, or at once when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
