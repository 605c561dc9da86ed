import type { EventStore, Position } from '@dispatch/event-store';
import type { ClientBase } from 'pg';
import { connected } from './connection.js';

/** The read models were made from another log than the one that is used: nothing of theirs fits it. */
export class OtherLog extends Error {
  override readonly name = 'OtherLog';
}

/**
 * Makes sure that the read models belong to this log: the last event that each has folded in is where it was. Followed from
 * a position of another log, events would be left out or folded twice, and nobody would be told.
 * @throws OtherLog
 */
export async function refuseOtherLog({
  url,
  store,
}: {
  readonly url: string;
  readonly store: EventStore;
}): Promise<void> {
  await connected(url, async (client) => {
    for (const { id, name, position } of await checkpoints(client)) {
      const event = await store.find(id);
      if (event?.position === position) continue;
      throw new OtherLog(
        `the read models were made from another log: event ${id}, which ${name} has folded in at position ${position}, ` +
          `is not there in this one. After a move they need a new database: docs/guides/move-a-log.md`,
      );
    }
  });
}

async function checkpoints(client: ClientBase) {
  const { rows } = await client.query<{ id: string; name: string; position: Position }>(
    `select distinct on (last_event_id) last_event_id as id, name, last_event_position as position
     from dispatch_read.projections where state = 'live' and last_event_id is not null order by last_event_id, name`,
  );
  return rows;
}
