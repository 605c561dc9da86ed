import { Client } from 'pg';
import { connected, connectionTo, inTransaction } from './connection.js';

/** An operator's act as it stands in the database: the one thing beside the read models that no log gives back. */
export interface KeptAct {
  readonly id: string;
  /** With the microseconds that the database keeps. */
  readonly at: string;
  readonly by: string;
  readonly act: string;
  readonly name: string;
  readonly version: number | null;
  readonly key: string | null;
  readonly revision: number | null;
  readonly detail: string | null;
}

const PAGE = 1_000;

/** All acts, oldest first, in bounded pages. */
export async function* keptActs(url: string): AsyncGenerator<KeptAct> {
  const page = (after: string) =>
    connected(url, async (client) => (await client.query<KeptAct>(SELECTED, [after, PAGE])).rows);
  for (let rows = await page('0'); rows.length > 0; ) {
    yield* rows;
    const last = rows.at(-1)?.id;
    rows = last === undefined || rows.length < PAGE ? [] : await page(last);
  }
}

const SELECTED = `
  select id::text, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, by, act, name, version, key, revision, detail
  from dispatch_read.acts a where a.id > $1 order by a.id limit $2`;

/** Puts acts of another database into this one, which has none; all or none. `url` is the owner's. */
export async function restoreActs(url: string, acts: AsyncIterable<KeptAct>): Promise<void> {
  const { options: _, ...connection } = connectionTo(url);
  const client = new Client(connection).on('error', () => undefined);
  try {
    await client.connect();
    await inTransaction(client, async () => {
      for await (const act of acts) await client.query(INSERT, [JSON.stringify(act)]);
      await client.query(
        `select setval(pg_get_serial_sequence('dispatch_read.acts', 'id'), max(id)) from dispatch_read.acts
         having max(id) is not null`,
      );
    });
  } finally {
    await client.end();
  }
}

const INSERT = `
  insert into dispatch_read.acts (id, at, by, act, name, version, key, revision, detail) overriding system value
  select id, at, by, act, name, version, key, revision, detail
  from json_populate_record(null::dispatch_read.acts, $1)`;
