import { join } from 'node:path';
import { adoptionIdOf } from '@dispatch/commands';
import type { EventStore } from '@dispatch/event-store';
import { loadPolicy, type Policy } from '@dispatch/policy';
import { checkout } from '@dispatch/process';
import { instantOf } from '@dispatch/ticket';
import { connected, type Surroundings } from '../database.js';
import { counted, grouped } from '../projections/format.js';
import { history, type HistoryOptions } from './history.js';
import type { Appending } from './recorded.js';

export type Seeding = Omit<HistoryOptions, 'policy'>;

/** What became of the events of a history. */
interface Counts {
  written: number;
  /** By an earlier run with the same options. */
  there: number;
  /** Somebody has worked on the ticket since an earlier run was broken off. */
  passedOver: number;
}

/** Appends that wait at once: several full batches, so that the next one is ready when one is committed. */
const MOST_WAITING = 2_048;

/** Fills the log with a history. The same options twice: nothing is written again. */
export function seed(given: Surroundings, seeding: Seeding): Promise<boolean> {
  const { printer, signal } = given;
  return connected(given, async ({ store }) => {
    const policy = await loadPolicy(join(checkout(import.meta.dirname).root, 'policy'));
    await adopt(store, policy);
    const began = performance.now();
    const counts: Counts = { written: 0, there: 0, passedOver: 0 };
    const done = () => counts.written + counts.there;
    const rate = () => grouped(Math.round(done() / ((performance.now() - began) / 1_000)));
    await appendAll(store, history({ policy, ...seeding }), signal, counts, () =>
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

/** Many at once, those of a stream one after another. */
async function appendAll(
  store: EventStore,
  appendings: Iterable<Appending>,
  signal: AbortSignal,
  counts: Counts,
  onAppended: () => void,
): Promise<void> {
  const waiting = new Map<string, Promise<void>>();
  let count = 0;
  let wake: () => void = () => undefined;
  const failing = new AbortController();
  const stopped = AbortSignal.any([signal, failing.signal]);

  const append = async ({ stream, expected, event }: Appending) => {
    if (stopped.aborted) return;
    const outcome = await store.append(stream, expected, event);
    counts[outcomeOf(outcome)] += 1;
    onAppended();
  };
  for (const appending of appendings) {
    while (count >= MOST_WAITING) await new Promise<void>((resolve) => (wake = resolve));
    if (stopped.aborted) break;
    const { stream } = appending;
    const before = waiting.get(stream);
    const now = (before ? before.then(() => append(appending)) : append(appending))
      .catch((error: unknown) => failing.abort(error))
      .finally(() => {
        count -= 1;
        if (waiting.get(stream) === now) waiting.delete(stream);
        wake();
      });
    count += 1;
    waiting.set(stream, now);
  }
  await Promise.all(waiting.values());
  stopped.throwIfAborted();
}

const outcomeOf = (outcome: object): keyof Counts =>
  'written' in outcome ? 'written' : 'duplicate' in outcome ? 'there' : 'passedOver';

/** As the service does at its start: the policy that events name is itself in the log. */
async function adopt(store: EventStore, policy: Policy): Promise<void> {
  await store.append('policy', 'any', {
    id: adoptionIdOf(policy.version),
    type: 'PolicyAdopted',
    schemaVersion: 1,
    data: { version: policy.version, set: policy.set },
    metadata: { actor: { id: 'dispatch-cli', role: 'system', type: 'SYSTEM' } },
    at: instantOf(Date.now()),
  });
}
