import type { ClientBase } from 'pg';
import { eventName } from './fold.js';
import type { ReadModel } from './read-model.js';

/** What an operator did, and who it was. */
export interface Act {
  readonly act: 'retry' | 'skip' | 'resume' | 'rebuild' | 'accept-difference' | 'rollback' | 'drop-old';
  readonly by: string;
  readonly name: string;
  readonly version?: number;
  readonly key?: string;
  readonly revision?: number;
  readonly detail?: string;
}

/** In the transaction of what it records. */
export async function recordAct(client: ClientBase, act: Act): Promise<void> {
  const { by, name, version, key, revision, detail } = act;
  await client.query(
    `insert into dispatch_read.acts (act, by, name, version, key, revision, detail) values ($1, $2, $3, $4, $5, $6, $7)`,
    [act.act, by, name, version, key, revision, detail],
  );
}

/** Events that operators told this version to pass over, by {@link eventName}. */
export async function skippedEvents(client: ClientBase, { name, version }: ReadModel): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string; revision: number }>(
    "select key, revision from dispatch_read.acts where act = 'skip' and name = $1 and version = $2",
    [name, version],
  );
  return new Set(rows.map(({ key, revision }) => eventName(key, revision)));
}
