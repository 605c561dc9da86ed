import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrateLog, openPostgresEventStore } from '@dispatch/event-store';
import { loadPolicy } from '@dispatch/policy';
import { migrateReadModels } from '@dispatch/projection';
import { migrateProof } from '@dispatch/proof';
import { Client } from 'pg';
import { appendAll, type Counts } from '../../apps/cli/src/seed/append-all.js';
import { history, type HistoryOptions } from '../../apps/cli/src/seed/history.js';
import type { Appending } from '../../apps/cli/src/seed/recorded.js';
import type { Ground } from './ground.js';

/** With two years of tickets in its log, and no read models yet. */
export interface Filled extends Database {
  readonly events: number;
}

export interface Database {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
}

export type Filling = Pick<HistoryOptions, 'tickets' | 'open' | 'until'>;

const ROOT = join(import.meta.dirname, '../..');

const filled = new WeakMap<Ground, Map<string, Promise<Filled>>>();

/** The same database for all who ask for the same filling. */
export function fill(ground: Ground, filling: Filling): Promise<Filled> {
  const known = filled.get(ground) ?? new Map<string, Promise<Filled>>();
  filled.set(ground, known);
  const key = JSON.stringify(filling);
  const one = known.get(key) ?? make(ground, filling);
  known.set(key, one);
  return one;
}

async function make(ground: Ground, filling: Filling): Promise<Filled> {
  const database = await emptyDatabase(ground);
  const store = openPostgresEventStore({ url: database.serviceUrl });
  const counts: Counts = { written: 0, there: 0, passedOver: 0 };
  await appendAll(store, await historyOf(filling), new AbortController().signal, counts, () => undefined);
  if (counts.there + counts.passedOver > 0) throw new Error('events of the history were not written');
  await store.close();
  return { ...database, events: counts.written };
}

/** A new database beside the others of the ground, with the schemas of log and read models. */
export async function emptyDatabase(ground: Ground): Promise<Database> {
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const owner = new Client({ connectionString: ground.ownerUrl });
  await owner.connect();
  await owner.query(`create database ${name}`);
  await owner.end();
  const [ownerUrl, serviceUrl] = [inDatabase(ground.ownerUrl, name), inDatabase(ground.serviceUrl, name)];
  await migrateLog({ url: ownerUrl });
  await migrateReadModels({ url: ownerUrl });
  await migrateProof({ url: ownerUrl });
  return { ownerUrl, serviceUrl };
}

/** Events of the past, as commands would have made them. */
export async function historyOf(filling: Filling): Promise<Iterable<Appending>> {
  return history({ policy: await loadPolicy(join(ROOT, 'policy')), seed: 1, ...filling });
}

export function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
