import { startApi } from './api.js';
import { loops } from './loops.js';
import type { Row } from './row.js';

const CONNECTIONS = 64;

export const commands: Row = {
  name: 'commands',
  what: `ticket.create over HTTP with a JWT, ${CONNECTIONS} connections`,
  against: 'the same service, authentication, validation and log line, answering a constant',
  unit: '/s',
  reach: { atLeast: 0.5 },
  async open(ground) {
    const [running, constant] = await Promise.all([
      startApi(ground, 'commands', CONNECTIONS),
      startApi(ground, 'constant', CONNECTIONS),
    ]);
    let busiest = 0;
    const rate = async (workers: readonly (() => Promise<unknown>)[], ms: number): Promise<number> => {
      const { perSecond, busy } = await loops(workers, ms);
      busiest = Math.max(busiest, busy);
      return perSecond;
    };
    return {
      measured: (ms) => rate(running.workers, ms),
      floor: (ms) => rate(constant.workers, ms),
      remark: () => `the client used at most ${Math.round(busiest * 100)} % of one core`,
      async close() {
        await Promise.all([running.close(), constant.close()]);
      },
    };
  },
};
