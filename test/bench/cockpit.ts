import { openPostgresEventStore } from '@dispatch/event-store';
import { openReadPool, rebuild } from '@dispatch/projection';
import { countQueue, type QueueReading, READ_MODELS, readQueue } from '@dispatch/projections';
import { HISTORY_ENDS } from '../../apps/cli/src/seed/history.js';
import { fill } from './filled.js';
import { percentile, type Row } from './row.js';

const TICKETS = 50_000;
/** What this row and `memory` have in their log. */
export const ALL_OPEN = { tickets: TICKETS, open: 1 } as const;

const everything: QueueReading = {
  filters: {},
  scope: { account_ids: '*', site_ids: '*' },
  sla: { target_minutes: { EMERGENCY: 60, URGENT: 240, ROUTINE: 1_440 }, warning_minutes: 30 },
  now: new Date(HISTORY_ENDS).toISOString(),
  limit: 200,
};

/** As many rows, columns and instants as a page has, from one index in its order. */
const PLAIN = `
  select q.*, q.state as a, q.priority as b, q.summary as c
  from dispatch_read.cockpit_queue q
  where state = 'SCHEDULED' and priority = 'ROUTINE' order by left_ms limit 200`;

export const cockpit: Row = {
  name: 'cockpit',
  what: `a page of 200 rows over ${TICKETS} open tickets, the slowest of several filters`,
  against: 'one indexed SELECT of 200 rows of the same table',
  unit: ' ms',
  reach: { atMost: 3 },
  async open(ground) {
    const { serviceUrl: url } = await fill(ground, ALL_OPEN);
    const store = openPostgresEventStore({ url });
    for (const model of READ_MODELS)
      if (['cockpit_queue', 'directory'].includes(model.name)) await rebuild(model, { url, store, by: 'bench' });
    await store.close();
    const db = openReadPool({ url, size: 1 });
    const { rows } = await db.query<{ account_id: string }>(
      'select account_id from dispatch_read.cockpit_queue group by 1 order by count(*) desc, 1 limit 1',
      [],
    );
    const account_id = rows.map((row) => row.account_id);
    const deep = (await readQueue(db, { ...everything, limit: TICKETS / 2 })).next ?? undefined;
    const readings: Readonly<Record<string, () => Promise<unknown>>> = {
      'all open': () => readQueue(db, everything),
      'far down': () => readQueue(db, { ...everything, cursor: deep }),
      'two states': () => readQueue(db, { ...everything, filters: { state: ['NEW', 'SCHEDULED'] } }),
      'one priority': () => readQueue(db, { ...everything, filters: { priority: ['ROUTINE'] } }),
      healthy: () => readQueue(db, { ...everything, filters: { sla_status: ['healthy'] } }),
      'largest account': () => readQueue(db, { ...everything, filters: { account_id } }),
    };
    const counts = () => countQueue(db, everything);
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    let medians = new Map<string, number>();
    let counted = 0;

    return {
      async measured(ms) {
        const took = new Map<string, number[]>(Object.keys(readings).map((name) => [name, []]));
        const counting: number[] = [];
        for (const begun = performance.now(); performance.now() - begun < ms; ) {
          for (const [name, read] of Object.entries(readings)) took.get(name)?.push(await timed(read));
          counting.push(await timed(counts));
        }
        medians = new Map(Array.from(took, ([name, times]) => [name, percentile(times, 0.5)]));
        counted = percentile(counting, 0.5);
        return Math.max(...medians.values());
      },
      async floor(ms) {
        const took: number[] = [];
        for (const begun = performance.now(); performance.now() - begun < ms; )
          took.push(await timed(() => db.query(PLAIN, [])));
        return percentile(took, 0.5);
      },
      remark: () =>
        `in the last round ${Array.from(medians, ([name, ms]) => `${name} ${ms.toFixed(1)} ms`).join(', ')}; ` +
        `the counts of the whole queue ${counted.toFixed(1)} ms`,
      close: () => db.close(),
    };
  },
};
