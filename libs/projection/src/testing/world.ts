import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventStore, migrateLog, openPostgresEventStore } from '@dispatch/event-store';
import { Client } from 'pg';
import { migrateReadModels } from '../migrate.js';
import { openReadModels, type ReadModels } from '../read-models.js';

/** A log and its read models in a database of a test's own. */
export interface World {
  readonly url: string;
  readonly store: EventStore;
  readonly models: ReadModels;
  /** As the superuser. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  release(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const server = process.env['DISPATCH_TEST_POSTGRES_URL'];
  if (!server) throw new Error('DISPATCH_TEST_POSTGRES_URL names no Postgres server');
  const name = `dispatch_test_${randomBytes(8).toString('hex')}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const { href } = url;
  await migrateLog({ url: href });
  // Several instances that start at once.
  await Promise.all([migrateReadModels({ url: href }), migrateReadModels({ url: href })]);
  const store = openPostgresEventStore({ url: href });
  const models = openReadModels({ url: href, store });
  return {
    url: href,
    store,
    models,
    query: (text, values) => once(href, text, values),
    async release() {
      await models.close();
      await store.close();
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

/** Asks again and again until the answer is true; fails after `ms`. */
export async function until(what: string, condition: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come to be: ${what}`);
    await delay(20);
  }
}
