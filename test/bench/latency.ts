import { type Api, startApi } from './api.js';
import { anEvent } from './events.js';
import { loops } from './loops.js';
import { plainInserts } from './plain-inserts.js';
import { percentile, type Row } from './row.js';

const CONNECTIONS = 16;

const p99 = async ({ workers }: Api, ms: number) => percentile((await loops(workers, ms)).took, 0.99);

export const latency: Row = {
  name: 'latency',
  what: `p99 of ticket.create over HTTP, ${CONNECTIONS} connections without a pause`,
  against: 'p50 of one INSERT with its commit, one connection',
  unit: ' ms',
  reach: { atMost: 10 },
  async open(ground) {
    const [api, constant, plain] = await Promise.all([
      startApi(ground, 'commands', CONNECTIONS),
      startApi(ground, 'constant', CONNECTIONS),
      plainInserts(ground, 1, anEvent),
    ]);
    return {
      measured: (ms) => p99(api, ms),
      floor: async (ms) => percentile((await loops(plain.workers, ms)).took, 0.5),
      bound: {
        what: 'the same service with a constant in place of the command path, and no database',
        measure: (ms) => p99(constant, ms),
      },
      async close() {
        await Promise.all([api.close(), constant.close(), plain.close()]);
      },
    };
  },
};
