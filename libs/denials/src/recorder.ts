import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '@dispatch/event-store';
import { allowance, type DenialLimits } from './allowance.js';
import { type Attempt, denied, MOST_IN_EVENT, notRecorded, securityStreamOf } from './attempt.js';
import { tails } from './tails.js';

/** What became of an attempt: over what is recorded in a minute it is `limited`, while the log is away `dropped`. */
export type Outcome = 'recorded' | 'limited' | 'dropped';

export interface RecorderOptions {
  readonly store: Pick<EventStore, 'read' | 'append'>;
  readonly limits: DenialLimits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly count: (outcome: Outcome, attempts: number) => void;
  readonly warn: (fields: { readonly reason: string; readonly attempts: number }, message: string) => void;
  /** Milliseconds from one write to the next at least, a second by default. */
  readonly everyMs?: number;
  /** Attempts that are kept for a log that is away, 1,000 by default. */
  readonly mostWaiting?: number;
}

/** Records refused attempts in the log, behind the requests that they were made by. */
export interface Recorder {
  /** Takes an attempt to be recorded later, and returns at once. */
  offer(attempt: Attempt): void;
  /** Writes what waits, once; what cannot be written then is counted and told. Nothing is taken afterwards. */
  close(): Promise<void>;
}

/** An event on its way, with the attempts that are lost with it. */
interface Outgoing {
  readonly event: NewEvent;
  readonly attempts: readonly Attempt[];
}

/** Summaries of a log that is away for long: an hour of them. */
const MOST_SUMMARIES = 60;

export function denialRecorder(options: RecorderOptions): Recorder {
  const { store, limits, clock, count, warn, everyMs = 1_000, mostWaiting = 1_000 } = options;
  const allowed = allowance(limits);
  const append = tails(store);
  let waiting: Attempt[] = [];
  const summaries: { readonly event: NewEvent; readonly count: number }[] = [];
  /** Kept as it is until it is known to be written: sent again with the same id it is written once. */
  let outgoing: Outgoing | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  const isIdle = () => waiting.length === 0 && summaries.length === 0 && !outgoing && !allowed.owes();

  function wake(): void {
    if (timer || writing || closed) return;
    timer = setTimeout(() => {
      timer = undefined;
      writing = write(new Date(clock()).toISOString()).finally(() => {
        writing = undefined;
        if (!isIdle()) wake();
      });
    }, everyMs);
    // What is left to be written does not keep a process alive: whoever ends it calls close.
    timer.unref();
  }

  /** Tells what was not recorded in minutes that are over at `upTo`, or in all. */
  function summarise(upTo: string | undefined): void {
    for (const one of allowed.unrecorded(upTo)) {
      summaries.push({ count: one.count, event: notRecorded(randomUUID(), one) });
      const lost = summaries.length > MOST_SUMMARIES ? summaries.shift() : undefined;
      if (lost)
        warn({ reason: 'the log is away', attempts: lost.count }, 'refused attempts are not even counted in the log');
    }
  }

  /** The next event to be written: attempts of one day, in the order they came. */
  function next(): Outgoing | undefined {
    const [first] = waiting;
    if (first) {
      const stream = securityStreamOf(first.at);
      const other = waiting.findIndex(({ at }) => securityStreamOf(at) !== stream);
      const attempts = waiting.slice(0, Math.min(other === -1 ? waiting.length : other, MOST_IN_EVENT));
      waiting = waiting.slice(attempts.length);
      return { event: denied(randomUUID(), attempts), attempts };
    }
    const summary = summaries.shift();
    return summary && { event: summary.event, attempts: [] };
  }

  /** Writes what waits, as far as the log takes it. */
  async function write(upTo: string | undefined): Promise<void> {
    summarise(upTo);
    for (;;) {
      outgoing ??= next();
      if (!outgoing) return;
      const { event, attempts } = outgoing;
      try {
        await append(securityStreamOf(event.at), event);
        count('recorded', attempts.length);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!(error instanceof RangeError)) {
          warn({ reason, attempts: attempts.length + waiting.length }, 'refused attempts cannot be recorded yet');
          return;
        }
        // No log takes it: it must not hold up what comes after it.
        warn({ reason, attempts: attempts.length }, 'refused attempts are not recorded');
        lose(attempts);
      }
      outgoing = undefined;
    }
  }

  function lose(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) allowed.lost(attempt);
    count('dropped', attempts.length);
  }

  return {
    offer(attempt) {
      if (closed) {
        count('dropped', 1);
        return;
      }
      if (!allowed.takes(attempt)) count('limited', 1);
      else if (waiting.length + (outgoing?.attempts.length ?? 0) >= mostWaiting) lose([attempt]);
      else waiting.push(attempt);
      wake();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await write(undefined);
      if (isIdle()) return;
      const left = waiting.length + (outgoing?.attempts.length ?? 0);
      count('dropped', left);
      const untold = summaries.reduce((sum, one) => sum + one.count, left);
      warn({ reason: 'the process ends', attempts: untold }, 'refused attempts are not recorded');
    },
  };
}
