import type { Pool, PoolClient } from 'pg';
import { recordAct } from './acts.js';
import { inTransaction, tryRebuildLock } from './connection.js';
import { dropGenerations, generationOf, lockLive } from './generations.js';
import { RebuildRefused } from './rebuild.js';
import { makeLive } from './swap.js';

/** What an operator may do; each is recorded with who did it. False: there was nothing to do it to. */
export interface Operating {
  /** The runner tries the parked key at its next look, within about a second. */
  retryParked(name: string, key: string, by: string): Promise<boolean>;
  /** The runner passes over the one event that the key waits at, and goes on with what came after it. */
  skipParked(name: string, key: string, by: string): Promise<boolean>;
  /** A projection that stopped itself goes on at its checkpoint. */
  resume(name: string, by: string): Promise<boolean>;
  /**
   * Puts the table that was replaced last under the view again, and keeps the present one. It stands where it was
   * replaced: code of its version brings it up to date, and code of another leaves it alone until a rebuild is
   * asked for. Done twice it is undone.
   */
  rollback(name: string, by: string): Promise<boolean>;
  /** Drops the tables that were replaced; answers their names. */
  dropOld(name: string, by: string): Promise<readonly string[]>;
}

export function operating(pool: Pool): Operating {
  const transaction = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      return await inTransaction(client, () => work(client));
    } finally {
      client.release();
    }
  };
  const parked = (act: 'retry' | 'skip', name: string, key: string, by: string) =>
    transaction(async (client) => {
      const { rows } = await client.query<{ version: number; revision: number }>(
        `update dispatch_read.parked k set next_retry_at = '-infinity', skip = $3
         from dispatch_read.projections p
         where p.table_name = k.table_name and p.state = 'live' and p.name = $1 and k.key = $2
         returning p.version, k.revision`,
        [name, key, act === 'skip'],
      );
      const [row] = rows;
      if (row) await recordAct(client, { act, by, name, key, ...row });
      return row !== undefined;
    });

  return {
    retryParked: (name, key, by) => parked('retry', name, key, by),
    skipParked: (name, key, by) => parked('skip', name, key, by),
    resume: (name, by) =>
      transaction(async (client) => {
        const live = await lockLive(client, name);
        if (!live || live.stopped === null) return false;
        const { tableName, version, stopped } = live;
        await client.query('update dispatch_read.projections set stopped = null where table_name = $1', [tableName]);
        await recordAct(client, { act: 'resume', by, name, version, detail: stopped });
        return true;
      }),
    rollback: (name, by) =>
      transaction(async (client) => {
        // Its swap would undo the rollback.
        if (!(await tryRebuildLock(client, name))) throw new RebuildRefused(`${name} is being rebuilt`);
        await lockLive(client, name);
        const kept = await generationOf(client, name, 'kept');
        if (!kept) return false;
        await makeLive(client, kept, true);
        await recordAct(client, { act: 'rollback', by, name, version: kept.version, detail: kept.tableName });
        return true;
      }),
    dropOld: (name, by) =>
      transaction(async (client) => {
        const dropped = await dropGenerations(client, name, 'kept');
        if (dropped.length > 0) await recordAct(client, { act: 'drop-old', by, name, detail: dropped.join(' ') });
        return dropped;
      }),
  };
}
