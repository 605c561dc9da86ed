import { startApi } from './api.js';
import { anEvent } from './events.js';
import { loops } from './loops.js';
import { plainInserts } from './plain-inserts.js';
import { percentile, type Row } from './row.js';

const CONNECTIONS = 16;

export const latency: Row = {
  name: 'latency',
  what: `p99 of ticket.create over HTTP, ${CONNECTIONS} connections without a pause`,
  against: 'p50 of one INSERT with its commit, one connection',
  unit: ' ms',
  reach: { atMost: 10 },
  async open(ground) {
    const [api, plain] = await Promise.all([
      startApi(ground, 'commands', CONNECTIONS),
      plainInserts(ground, 1, anEvent),
    ]);
    return {
      measured: async (ms) => percentile((await loops(api.workers, ms)).took, 0.99),
      floor: async (ms) => percentile((await loops(plain.workers, ms)).took, 0.5),
      async close() {
        await Promise.all([api.close(), plain.close()]);
      },
    };
  },
};
