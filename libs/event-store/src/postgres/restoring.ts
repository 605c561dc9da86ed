import type { Pool, PoolClient } from 'pg';
import type { Admitted } from '../admission.js';
import type { Misfit, Recorded, Restored } from '../event-store.js';
import { admitRecorded, holderMisfit, misfitOf, nextIs, TAKEN, UNLINKED } from '../restoring.js';
import { appendAll, appendValues, type VerdictRow } from './appending.js';
import { reached } from './connection.js';
import { type EventRow, findOne, hex, recorded } from './rows.js';

interface Item {
  readonly event: Recorded;
  readonly admitted: Admitted;
}

/**
 * All or nothing, in one transaction of calls of dispatch_log.append: whoever may append may restore, and may no more
 * than that. The function makes each link itself, under the lock on the head; where the hash that comes out is not the
 * one that was recorded, the transaction is taken back.
 */
export async function restoreAll(writer: Pool, events: readonly Recorded[]): Promise<Restored> {
  const items: Item[] = [];
  for (const event of events) {
    const checked = admitRecorded(event);
    if ('misfit' in checked) return checked;
    items.push({ event, admitted: checked.admitted });
  }

  const client = await reached(writer.connect());
  try {
    await reached(client.query('begin'));
    const restored = await placed(client, items);
    await reached(client.query('misfit' in restored ? 'rollback' : 'commit'));
    client.release();
    return restored;
  } catch (error) {
    // The connection goes, and the transaction with it.
    client.release(true);
    throw error;
  }
}

async function placed(client: PoolClient, items: readonly Item[]): Promise<Restored> {
  let written = 0;
  for (const run of runsOf(items)) {
    const values = appendValues(run.map(({ admitted }) => admitted));
    const { rows } = await reached(client.query<VerdictRow>({ ...appendAll, values }));
    for (const [index, { event }] of run.entries()) {
      const verdict = rows[index];
      if (!verdict) throw new Error(`${rows.length} outcomes for ${run.length} events`);
      const misfit = await misfitOfVerdict(client, event, verdict);
      if (misfit) return { misfit };
      if (verdict[0] === 'written') written += 1;
    }
  }
  return { written };
}

async function misfitOfVerdict(
  client: PoolClient,
  event: Recorded,
  [outcome, tail, , prevHash, hash]: VerdictRow,
): Promise<Misfit | undefined> {
  if (outcome === 'conflict') return misfitOf(event, Number(tail) < event.revision ? nextIs(Number(tail) + 1) : TAKEN);
  if (outcome === 'written')
    return hex(prevHash) === event.prevHash && hex(hash) === event.hash ? undefined : misfitOf(event, UNLINKED);
  const { rows } = await reached(client.query<EventRow>({ ...findOne, values: [event.id] }));
  const [holder] = rows;
  if (!holder) throw new Error(`the log refused event ${event.id} as a duplicate and does not hold it`);
  return holderMisfit(event, recorded(holder));
}

/** Cut where a stream or an id comes again, which dispatch_log.append does not take in one call. */
function* runsOf(items: readonly Item[]): Generator<readonly Item[], void> {
  let run: Item[] = [];
  const taken = new Set<string>();
  for (const item of items) {
    const keys = [`stream ${item.event.stream}`, `event ${item.event.id}`];
    if (keys.some((key) => taken.has(key))) {
      yield run;
      run = [];
      taken.clear();
    }
    run.push(item);
    for (const key of keys) taken.add(key);
  }
  if (run.length > 0) yield run;
}
