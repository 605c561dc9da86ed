import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EventStore, migrateLog, openPostgresEventStore } from '@dispatch/event-store';
import { loadPolicy } from '@dispatch/policy';
import { migrateReadModels } from '@dispatch/projection';
import { Client } from 'pg';
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
/** Appends that wait at once. */
const WAITING = 1_024;

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
  const events = await appendAll(store, await historyOf(filling));
  await store.close();
  return { ...database, events };
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

/** Many at once, those of a stream one after another. */
async function appendAll(store: EventStore, appendings: Iterable<Appending>): Promise<number> {
  const tails = new Map<string, Promise<unknown>>();
  const waiting = new Set<Promise<unknown>>();
  let events = 0;
  for (const { stream, expected, event } of appendings) {
    const appended = (tails.get(stream) ?? Promise.resolve())
      .then(() => store.append(stream, expected, event))
      .then((outcome) => {
        if (!('written' in outcome)) throw new Error(`an event of ${stream} was not written`);
        waiting.delete(appended);
        if (tails.get(stream) === appended) tails.delete(stream);
      });
    tails.set(stream, appended);
    waiting.add(appended);
    events += 1;
    if (waiting.size >= WAITING) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  return events;
}
