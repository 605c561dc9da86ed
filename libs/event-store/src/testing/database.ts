import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A new, empty database on the server that the test run was given. */
export interface TestDatabase {
  /** Superuser's. */
  readonly url: string;
  /** Runs one statement as the superuser and answers its rows. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends every other connection to it, as an administrator or a failover would. */
  cutConnections(): Promise<void>;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['DISPATCH_TEST_POSTGRES_URL'];
  if (!server) throw new Error('DISPATCH_TEST_POSTGRES_URL names no Postgres server');
  const name = `dispatch_test_${randomBytes(8).toString('hex')}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const query = <Row extends object>(text: string, values?: unknown[]) => once<Row>(url.href, text, values);
  return {
    url: url.href,
    query,
    async cutConnections() {
      await query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
    async drop() {
      await once(server, `drop database ${name} with (force)`);
    },
  };
}

async function once<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
