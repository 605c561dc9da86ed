import { setTimeout as delay } from 'node:timers/promises';

/** What a number of workers got done, each doing one thing after another. */
export interface Tally {
  readonly perSecond: number;
  /** Milliseconds each thing took. */
  readonly took: readonly number[];
  /** Share of one core that this process used meanwhile, user and system: near 1 it is what is measured. */
  readonly busy: number;
}

/** Runs every worker over and over for `ms`. The first failure ends them all. */
export async function loops(workers: readonly (() => Promise<unknown>)[], ms: number): Promise<Tally> {
  const took: number[] = [];
  const begun = performance.now();
  const cpu = process.cpuUsage();
  let failed = false;
  const loop = async (work: () => Promise<unknown>): Promise<void> => {
    for (let start = performance.now(); start - begun < ms && !failed; ) {
      await work();
      const end = performance.now();
      took.push(end - start);
      start = end;
    }
  };
  const fail = (error: unknown): never => {
    failed = true;
    throw error;
  };
  await Promise.all(workers.map((work) => loop(work).catch(fail)));
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (took.length / elapsed) * 1000, took, busy: (user + system) / 1000 / elapsed };
}

/**
 * Work that comes at random moments, `perSecond` on average, and goes to whichever worker is free; where none is, it
 * waits, and the wait counts. Answers the milliseconds from the moment each was due.
 */
export async function arrivals(
  workers: readonly (() => Promise<unknown>)[],
  perSecond: number,
  ms: number,
): Promise<readonly number[]> {
  const took: number[] = [];
  const begun = performance.now();
  let due = 0;
  const next = (): number => (due += -Math.log(1 - random()) * (1_000 / perSecond));
  const attend = async (work: () => Promise<unknown>): Promise<void> => {
    for (let at = next(); at < ms; at = next()) {
      const early = begun + at - performance.now();
      // A timer is late by up to a millisecond or two: that is the client's, and counts from when it fired.
      if (early > 0) await delay(early);
      const start = early > 0 ? performance.now() : begun + at;
      await work();
      took.push(performance.now() - start);
    }
  };
  await Promise.all(workers.map(attend));
  return took;
}

/** The same moments in every run (mulberry32). */
let seed = 1;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
