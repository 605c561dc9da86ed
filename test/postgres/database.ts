import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of a test's own, empty at first. */
export interface TestDatabase {
  /** As a superuser. */
  readonly ownerUrl: string;
  /** As {@link role}, which may connect and no more until something is granted to it. */
  readonly url: string;
  /** A login role of this database's own, as the service has one. */
  readonly role: string;
  /** Ends every connection to it, and removes database and role. */
  drop(): Promise<void>;
}

/** A fresh database on the server that the setup of the projects `db` and `whole` provides. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = process.env['DISPATCH_TEST_POSTGRES_URL'];
  if (!server) throw new Error('DISPATCH_TEST_POSTGRES_URL is not set: run the projects db or whole');

  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const password = randomUUID();
  await run(server, [`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${name}`]);
  return {
    ownerUrl: urlWith(server, { pathname: `/${name}` }),
    url: urlWith(server, { pathname: `/${name}`, username: name, password }),
    role: name,
    drop: () => run(server, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${name}`]),
  };
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlWith(url: string, parts: Partial<Pick<URL, 'pathname' | 'username' | 'password'>>): string {
  return Object.assign(new URL(url), parts).href;
}
