import { Client } from 'pg';
import { startApi } from './api.js';
import type { Ground } from './ground.js';
import { loops } from './loops.js';
import type { Row } from './row.js';

const CONNECTIONS = 64;

export const processes: Row = {
  name: 'processes',
  what: `ticket.create over HTTP at two API processes on one Postgres log, ${CONNECTIONS / 2} connections each`,
  against: `the same at one API process, ${CONNECTIONS} connections`,
  unit: '/s',
  reach: { atLeast: 1 },
  async open(ground) {
    const [alone, first, second] = await Promise.all([
      startApi(ground, 'commands', CONNECTIONS),
      startApi(ground, 'commands', CONNECTIONS / 2),
      startApi(ground, 'commands', CONNECTIONS / 2),
    ]);
    const both = [...first.workers, ...second.workers];
    let events = 0;
    const rate = async (workers: readonly (() => Promise<unknown>)[], ms: number): Promise<number> => {
      const { perSecond } = await loops(workers, ms);
      events = await countWithoutGaps(ground);
      return perSecond;
    };
    return {
      measured: (ms) => rate(both, ms),
      floor: (ms) => rate(alone.workers, ms),
      remark: () => `positions without a gap from 1 to ${events.toLocaleString('en')}`,
      async close() {
        await Promise.all([alone.close(), first.close(), second.close()]);
      },
    };
  },
};

/** How many events the log holds. Throws when their positions are not those of a count. */
async function countWithoutGaps({ ownerUrl }: Ground): Promise<number> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string; first: string; last: string }>(
      'select count(*), min(position) as first, max(position) as last from dispatch_log.events',
    );
    const [found] = rows;
    if (found?.first !== '1' || found.last !== found.count)
      throw new Error(`${found?.count} events have positions from ${found?.first} to ${found?.last}`);
    return Number(found.count);
  } finally {
    await client.end();
  }
}
