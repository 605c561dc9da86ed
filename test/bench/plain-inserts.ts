import type { NewEvent } from '@dispatch/event-store';
import { Client } from 'pg';
import type { Ground } from './ground.js';

/** Connections that each insert one row a transaction, as an application without a log of events would. */
export interface PlainInserts {
  readonly workers: readonly (() => Promise<unknown>)[];
  close(): Promise<void>;
}

const DIGEST = Buffer.alloc(32, 1);

/**
 * Into a table with the columns, checks and indexes of the log's own, since a row there should weigh the same. The
 * statement is prepared; hashes and positions cost nothing here.
 */
export async function plainInserts(ground: Ground, connections: number, next: () => NewEvent): Promise<PlainInserts> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: ground.ownerUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const [first] = clients;
  await first?.query('drop table if exists plain');
  await first?.query('create table plain (like dispatch_log.events including all)');
  let position = 0;
  return {
    workers: clients.map((client) => () => client.query({ ...INSERT, values: rowOf(next(), (position += 1)) })),
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

const INSERT = {
  name: 'insert',
  text: `insert into plain (position, stream, revision, event_id, type, schema_version, data, metadata,
                            prev_hash, hash, recorded_at, octets)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
};

function rowOf({ id, type, schemaVersion, data, metadata, at }: NewEvent, position: number): unknown[] {
  const [dataText, metadataText] = [JSON.stringify(data), JSON.stringify(metadata)];
  const octets = dataText.length + metadataText.length;
  return [position, `plain-${id}`, 0, id, type, schemaVersion, dataText, metadataText, DIGEST, DIGEST, at, octets];
}
