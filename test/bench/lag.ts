import { setTimeout as delay } from 'node:timers/promises';
import { openPostgresEventStore } from '@dispatch/event-store';
import { openReadModels, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import type { Appending } from '../../apps/cli/src/seed/recorded.js';
import { emptyDatabase, historyOf } from './filled.js';
import { percentile, type Row } from './row.js';

const PER_SECOND = 1_000;
const MOST_MS = 50;
const NAMES = READ_MODELS.map(({ name }) => name);

export const lag: Row = {
  name: 'lag',
  what: `p99 from an append's answer until all read models have the event, ${PER_SECOND} appends/s of tickets at work`,
  against: 'a promise',
  unit: ' ms',
  reach: { atMost: 1 },
  pace: { warmUp: 5_000, round: 20_000, rounds: 1 },
  async open(ground) {
    const { serviceUrl: url } = await emptyDatabase(ground);
    const store = openPostgresEventStore({ url });
    const models = openReadModels({ url, store });
    const projections = startProjections({ url, store, models: READ_MODELS });
    const coming = (await historyOf({ tickets: 4_000 }))[Symbol.iterator]();
    const tails = new Map<string, Promise<unknown>>();
    let lags: number[] = [];

    const one = async ({ stream, expected, event }: Appending, before: Promise<unknown> | undefined) => {
      await before;
      const outcome = await store.append(stream, expected, event);
      if (!('written' in outcome)) throw new Error(`an event of ${stream} was not written`);
      return outcome.written.position;
    };
    const seen = async (written: Promise<string>) => {
      const position = await written;
      const begun = performance.now();
      if (!(await models.waitFor(NAMES, position, 10_000))) throw new Error(`${position} was not reached in 10 s`);
      lags.push(performance.now() - begun);
    };

    return {
      async measured(ms) {
        lags = [];
        const all: Promise<void>[] = [];
        const begun = performance.now();
        for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - begun) {
          while (all.length < (elapsed / 1_000) * PER_SECOND) {
            const next = coming.next();
            if (next.done) throw new Error('the history is too short');
            const written = one(next.value, tails.get(next.value.stream));
            tails.set(next.value.stream, written);
            all.push(seen(written));
          }
          await delay(1);
        }
        await Promise.all(all);
        return percentile(lags, 0.99);
      },
      floor: async () => MOST_MS,
      remark: () => `${lags.length} events, p50 ${percentile(lags, 0.5).toFixed(1)} ms`,
      async close() {
        await models.close();
        await projections.stop();
        await store.close();
      },
    };
  },
};
