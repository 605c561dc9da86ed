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

/** What tests are told by the setup of the projects `db` and `whole`: of the server, and of what it copies. */
export const SERVER = 'DISPATCH_TEST_POSTGRES_URL';
export const MIGRATED = 'DISPATCH_TEST_POSTGRES_MIGRATED';
export const READY = 'DISPATCH_TEST_POSTGRES_READY';

/** A fresh, empty database. */
export const createDatabase = (): Promise<TestDatabase> => create('template1');

/** With the schemas of log and read models, and their rights for its role. */
export const migratedDatabase = (): Promise<TestDatabase> => copyOf(given(MIGRATED));

/** The same with all read models live, of a log that is empty still. */
export const readyDatabase = (): Promise<TestDatabase> => copyOf(given(READY));

const copyOf = (template: string) => create(template, 'IN ROLE dispatch_app');

async function create(template: string, membership = ''): Promise<TestDatabase> {
  const server = given(SERVER);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const password = randomUUID();
  const role = `CREATE ROLE ${name} LOGIN PASSWORD '${password}' ${membership}`;
  await run(server, [role, `CREATE DATABASE ${name} TEMPLATE ${template}`]);
  return {
    ownerUrl: urlWith(server, { pathname: `/${name}` }),
    url: urlWith(server, { pathname: `/${name}`, username: name, password }),
    role: name,
    drop: () => run(server, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${name}`]),
  };
}

function given(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run the projects db or whole`);
  return value;
}

export async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export function urlWith(url: string, parts: Partial<Pick<URL, 'pathname' | 'username' | 'password'>>): string {
  return Object.assign(new URL(url), parts).href;
}
