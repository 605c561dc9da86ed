import { randomUUID } from 'node:crypto';
import { openPostgresEventStore } from '@dispatch/event-store';
import { bringUpToDate } from '@dispatch/process';
import { openReadModels, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { areKept } from '../support/kept.js';
import { run, urlWith } from './database.js';

/** Databases that others are made as copies of: a copy takes a fraction of what it took to make the first. */
export interface Templates {
  readonly migrated: string;
  readonly ready: string;
  drop(): Promise<void>;
}

export async function createTemplates(server: string): Promise<Templates> {
  const migrated = `template_${randomUUID().replaceAll('-', '')}`;
  const ready = `${migrated}_ready`;
  const urlOf = (name: string) => urlWith(server, { pathname: `/${name}` });
  await run(server, [`CREATE DATABASE ${migrated}`]);
  await bringUpToDate({ url: urlOf(migrated), migrationUrl: urlOf(migrated) });
  await run(server, [`CREATE DATABASE ${ready} TEMPLATE ${migrated}`]);
  await buildReadModels(urlOf(ready));
  const both = (statement: (name: string) => string) => run(server, [migrated, ready].map(statement));
  // Whoever is connected to one would keep it from being copied.
  await both((name) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  return { migrated, ready, drop: () => both((name) => `DROP DATABASE ${name}`) };
}

async function buildReadModels(url: string): Promise<void> {
  const store = openPostgresEventStore({ url });
  const models = openReadModels({ url, store });
  const running = startProjections({ url, store, models: READ_MODELS });
  try {
    await areKept(models);
  } finally {
    await running.stop();
    await models.close();
    await store.close();
  }
  // Of the runners that have made them: whoever starts on a copy finds none.
  await run(url, ['DELETE FROM dispatch_read.runners', 'DELETE FROM dispatch_read.sightings']);
}
