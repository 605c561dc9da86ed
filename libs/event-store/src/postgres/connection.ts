import { types } from 'node:util';
import { type ClientConfig, DatabaseError } from 'pg';
import { LogUnavailable } from '../event-store.js';

/**
 * How every connection of the store is made: with the URL's login, at once in the role that may read the log and
 * call its append function but nothing else. UTC and ISO dates are what rows.ts parses.
 */
export function connectionTo(url: string, statementTimeoutMs: number): ClientConfig {
  // pg lets the URL win over what stands beside it; the role would be lost without a word.
  if (/[?&]options=/.test(url)) throw new Error('the URL of the log may not carry "options": the store sets them');
  return {
    connectionString: url,
    options: '-c role=dispatch_app -c timezone=UTC -c datestyle=ISO -c jit=off',
    application_name: 'dispatch log',
    connectionTimeoutMillis: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server answers first unless it, or the way to it, is gone.
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  };
}

/** The promise's value; what only says that the database cannot be used now is thrown as {@link LogUnavailable}. */
export async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    throw new LogUnavailable(cause.message || 'no connection to Postgres', { cause });
  }
}

/**
 * SQLSTATEs under which the same statement may well succeed later: connection trouble (08), out of disk, memory or
 * connections (53), shutdown, crash, start and timeout (57), I/O errors (58), and a standby that takes no writes.
 */
const AWAY = /^(08|53|57|58|25006$)/;

/** pg gives these, which are its own and not the server's, no code. */
const AWAY_WORDS =
  /^(connection terminated|query read timeout|timeout e|client (was closed|has encountered)|cannot use a pool)/i;

/** Whether an error of pg only says that the server cannot be used now, so that the same call may succeed later. */
export function isAway(error: unknown): error is Error {
  if (error instanceof DatabaseError) return AWAY.test(error.code ?? '');
  if (!types.isNativeError(error)) return false;
  return 'syscall' in error || 'errors' in error || AWAY_WORDS.test(error.message);
}
