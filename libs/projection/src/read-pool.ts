import type { PoolUse } from '@dispatch/event-store';
import { DatabaseError, Pool } from 'pg';
import { connectionTo } from './connection.js';

/** Runs one statement on the read models. */
export interface ReadPool {
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<{ readonly rows: Row[] }>;
  close(): Promise<void>;
}

export interface ReadPoolOptions {
  /** A login that may take the role dispatch_app. */
  readonly url: string;
  /** Connections, 8 by default. */
  readonly size?: number;
  /** Milliseconds a statement may take, 5,000 by default. */
  readonly statementTimeoutMs?: number;
  /** Told of the connections, for metrics. */
  readonly onPool?: (name: string, pool: PoolUse) => void;
}

/** Statements that are prepared, once a connection: to plan a page of the queue takes a third of its time. */
const MOST_PREPARED = 100;

/** Connections for queries. One that breaks fails the query it runs; the next query makes a new one. */
export function openReadPool({ url, size = 8, statementTimeoutMs = 5_000, onPool }: ReadPoolOptions): ReadPool {
  const connection = connectionTo(url);
  const pool = new Pool({
    ...connection,
    // The role owns the tables; a query has no business to change them.
    options: `${connection.options} -c default_transaction_read_only=on`,
    application_name: 'dispatch reads',
    max: size,
    statement_timeout: statementTimeoutMs,
    // The server answers first unless it, or the way to it, is gone.
    query_timeout: statementTimeoutMs + 1_000,
  }).on('error', () => undefined);
  onPool?.('reads', pool);
  const names = new Map<string, string>();
  let named = 0;
  /** Only so many: a client's filters make ever new texts, and each connection keeps what was prepared on it. */
  const nameOf = (text: string): string | undefined => {
    const name = names.get(text);
    if (name !== undefined || named === MOST_PREPARED) return name;
    named += 1;
    names.set(text, `read ${named}`);
    return names.get(text);
  };
  return {
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const ask = () => pool.query<Row>({ name: nameOf(text), text, values: [...values] });
      return ask().catch((error: unknown) => {
        if (!isOutdated(error)) throw error;
        names.delete(text);
        return ask();
      });
    },
    close: () => pool.end(),
  };
}

/** What was prepared gave columns of other types: a table of another version was swapped in meanwhile. */
function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000';
}
