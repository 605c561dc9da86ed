import { openPostgresEventStore } from '@dispatch/event-store';
import { rebuild } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { fill } from './filled.js';
import type { Row } from './row.js';

const TICKETS = 20_000;

export const rebuilds: Row = {
  name: 'rebuild',
  what: `events/s of a rebuild with its comparison and swap, the log of ${TICKETS} tickets, the slowest read model`,
  against: 'reading the same events in order, decoding only',
  unit: '/s',
  reach: { atLeast: 0.5 },
  // A round takes as long as it takes, whatever it is given.
  pace: { warmUp: 0, rounds: 3 },
  async open(ground) {
    const { serviceUrl: url, events } = await fill(ground, { tickets: TICKETS });
    const store = openPostgresEventStore({ url });
    const rates = new Map<string, number>();
    const rateOf = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work();
      return (events / (performance.now() - begun)) * 1_000;
    };
    return {
      async measured() {
        for (const model of READ_MODELS)
          rates.set(model.name, await rateOf(() => rebuild(model, { url, store, by: 'bench' })));
        return Math.min(...rates.values());
      },
      floor: () =>
        rateOf(async () => {
          let read = 0;
          for await (const { data } of store.readAll({ after: 'start' })) read += data ? 1 : 0;
          if (read !== events) throw new Error(`${read} of ${events} events were read`);
        }),
      remark: () =>
        `${events} events; in the last round ${Array.from(rates, ([name, rate]) => `${name} ${Math.round(rate)}/s`).join(', ')}`,
      close: () => store.close(),
    };
  },
};
