import type { Ground } from './ground.js';

/** One promise about speed: something measured, held against a floor that is measured in the same run. */
export interface Row {
  /** What it is asked for by on the command line. */
  readonly name: string;
  readonly what: string;
  readonly against: string;
  readonly unit: string;
  /** Bounds of what was measured divided by the floor. */
  readonly reach: { readonly atLeast: number } | { readonly atMost: number };
  /** Where the usual pace does not suit what is measured. */
  readonly pace?: Partial<Pace>;
  open(ground: Ground): Promise<Sides>;
}

/** Both sides of a row, ready to run; each call measures for about `ms` and answers in the row's unit. */
export interface Sides {
  measured(ms: number): Promise<number>;
  floor(ms: number): Promise<number>;
  /** What this machine could do at best, where that says whether the floor can be reached on it at all. */
  readonly bound?: { readonly what: string; measure(ms: number): Promise<number> };
  close(): Promise<void>;
  /** What a reader should know of this run to trust it. */
  remark?(): string;
}

export interface Pace {
  /** Milliseconds each side runs before anything counts; 0: it does not. */
  readonly warmUp: number;
  /** Milliseconds of one side in one round. */
  readonly round: number;
  readonly rounds: number;
}

export interface Verdict {
  /** Medians over the rounds. */
  readonly measured: number;
  readonly floor: number;
  readonly ratio: number;
  /** Of the rounds, smallest and largest. */
  readonly spread: readonly [number, number];
  readonly met: boolean;
  readonly bound: { readonly what: string; readonly measured: number; readonly ratio: number } | undefined;
  readonly remark: string | undefined;
}

/**
 * Runs a row. The sides take turns, and the ratio is the median of the rounds' own: a machine that is slower for a
 * while is slower for both.
 */
export async function judge(row: Row, ground: Ground, { warmUp, round, rounds }: Pace): Promise<Verdict> {
  const sides = await row.open(ground);
  try {
    if (warmUp > 0) {
      await sides.bound?.measure(warmUp);
      await sides.measured(warmUp);
      await sides.floor(warmUp);
    }
    const { bound } = sides;
    const readings: { readonly measured: number; readonly floor: number; readonly ratio: number }[] = [];
    const bounds: { readonly measured: number; readonly ratio: number }[] = [];
    while (readings.length < rounds) {
      const floor = await sides.floor(round);
      const measured = await sides.measured(round);
      readings.push({ measured, floor, ratio: measured / floor });
      const best = await bound?.measure(round);
      if (best !== undefined) bounds.push({ measured: best, ratio: best / floor });
    }
    const ratios = readings.map(({ ratio }) => ratio);
    const ratio = median(ratios);
    return {
      measured: median(readings.map(({ measured }) => measured)),
      floor: median(readings.map(({ floor }) => floor)),
      ratio,
      spread: [Math.min(...ratios), Math.max(...ratios)],
      met: 'atLeast' in row.reach ? ratio >= row.reach.atLeast : ratio <= row.reach.atMost,
      bound: bound && {
        what: bound.what,
        measured: median(bounds.map(({ measured }) => measured)),
        ratio: median(bounds.map(({ ratio }) => ratio)),
      },
      remark: sides.remark?.(),
    };
  } finally {
    await sides.close();
  }
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The smallest value that at least this share of the values does not exceed. Throws when there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}
