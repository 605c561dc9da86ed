import { join } from 'node:path';
import { recordPolicy } from '@dispatch/commands';
import { loadPolicy } from '@dispatch/policy';
import { checkout } from '@dispatch/process';
import { connected, type Surroundings } from '../database.js';
import { counted, grouped } from '../projections/format.js';
import { appendAll, type Counts } from './append-all.js';
import { chapters, type HistoryOptions } from './history.js';

export type Seeding = Omit<HistoryOptions, 'policy'>;

/** Fills the log with a history. The same options twice: nothing is written again. */
export function seed(given: Surroundings, seeding: Seeding): Promise<boolean> {
  const { printer, signal } = given;
  return connected(given, async ({ store }) => {
    const policy = await loadPolicy(join(checkout(import.meta.dirname).root, 'policy'));
    await recordPolicy(store, policy, Date.now, 'dispatch-cli');
    const began = performance.now();
    const counts: Counts = { written: 0, there: 0, passedOver: 0 };
    const done = () => counts.written + counts.there;
    const rate = () => grouped(Math.round(done() / ((performance.now() - began) / 1_000)));
    for (const chapter of chapters({ policy, ...seeding }))
      await appendAll(store, chapter, signal, counts, () =>
        printer.progress(() => `${counted(done(), 'event')}, ${rate()}/s`),
      );
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    printer.line(
      `${counted(seeding.tickets, 'ticket')} of seed ${seeding.seed}: ${counted(counts.written, 'event')} written, ` +
        `${grouped(counts.there)} there already, in ${seconds} s (${rate()}/s)`,
    );
    if (counts.passedOver > 0)
      printer.line(`${counted(counts.passedOver, 'event')} left out: their tickets have been changed by others`);
    return counts.passedOver === 0;
  });
}
