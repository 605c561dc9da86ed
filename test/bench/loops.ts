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
