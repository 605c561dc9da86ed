import { type EventStore, openPostgresEventStore } from '@dispatch/event-store';
import { Client } from 'pg';
import { anEvent } from './events.js';
import { emptyDatabase } from './filled.js';
import type { Ground } from './ground.js';
import { loops } from './loops.js';
import { plainInserts } from './plain-inserts.js';
import type { Row } from './row.js';

const WAITING = 64;

export const appends: Row = {
  name: 'appends',
  what: `appends through the event store's port, ${WAITING} waiting, 500-byte events, each a new stream`,
  against: `one-row INSERT transactions by plain pg over ${WAITING} connections, same columns and indexes`,
  unit: '/s',
  reach: { atLeast: 2.5 },
  async open(ground) {
    const store = openPostgresEventStore({ url: ground.serviceUrl });
    const bare = openPostgresEventStore({ url: await bareLog(ground) });
    const plain = await plainInserts(ground, WAITING, anEvent);
    const rate = async (workers: readonly (() => Promise<unknown>)[], ms: number) =>
      (await loops(workers, ms)).perSecond;
    return {
      measured: (ms) => rate(appendingTo(store), ms),
      floor: (ms) => rate(plain.workers, ms),
      bound: {
        what: 'the same batches put by one INSERT each, which orders, checks, chains and tells nothing',
        measure: (ms) => rate(appendingTo(bare), ms),
      },
      async close() {
        await Promise.all([plain.close(), store.close(), bare.close()]);
      },
    };
  },
};

function appendingTo(store: EventStore): readonly (() => Promise<void>)[] {
  const append = async (): Promise<void> => {
    const event = anEvent();
    const result = await store.append(`bench-${event.id}`, 'none', event);
    if (!('written' in result)) throw new Error('a new event was not written');
  };
  return Array.from({ length: WAITING }, () => append);
}

/** The URL of a log whose function `append` only inserts. */
async function bareLog(ground: Ground): Promise<string> {
  const { ownerUrl, serviceUrl } = await emptyDatabase(ground);
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(BARE);
  await owner.end();
  return serviceUrl;
}

const BARE = `
  create sequence dispatch_log.bare;
  create or replace function dispatch_log.append(
    streams text[], expected integer[], ids uuid[], types text[], versions smallint[],
    data text[], metadata text[], moments timestamptz[], contents bytea[]
  ) returns table (outcome text, revision integer, "position" bigint, prev_hash bytea, hash bytea)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    return query insert into dispatch_log.events as e
      (position, stream, revision, event_id, type, schema_version, data, metadata, prev_hash, hash, recorded_at, octets)
    select nextval('dispatch_log.bare'), i.stream, 0, i.id, i.type, i.version, i.data::json, i.metadata::json,
           i.content, i.content, i.moment, octet_length(i.data) + octet_length(i.metadata)
    from unnest(streams, ids, types, versions, data, metadata, moments, contents)
      as i (stream, id, type, version, data, metadata, moment, content)
    returning 'written', e.revision, e.position, e.prev_hash, e.hash;
  end $$`;
