/** Chance that repeats itself: the same seeds, the same draws. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** From 0 up to, not including, `below`. */
  whole(below: number): number;
  chance(odds: number): boolean;
  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T;
  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
  /** A wait of this length on average, at most four times as long; most are shorter. */
  wait(mean: number): number;
  /** A UUID of version 4. */
  uuid(): string;
}

/**
 * sfc32 by Chris Doty-Humphrey. Its 128 bits of state keep the draws of two tickets apart, which a generator that
 * only counts through 32 bits would not: their ids would meet.
 */
export function randomOf(...seeds: readonly [number, number, number]): Random {
  let [a, b, c] = seeds.map((seed) => seed | 0) as [number, number, number];
  let counter = 1;

  function next(): number {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  // Until every bit of the seeds has reached every draw.
  for (let round = 0; round < 12; round += 1) next();

  const fraction = () => next() / 2 ** 32;
  const whole = (below: number) => Math.floor(fraction() * below);
  const hex = () => next().toString(16).padStart(8, '0');

  return {
    fraction,
    whole,
    chance: (odds) => fraction() < odds,
    one(list) {
      const found = list[whole(list.length)];
      if (found === undefined) throw new Error('an empty list has nothing to draw');
      return found;
    },
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>) {
      const entries = Object.entries<number>(weights) as [Name, number][];
      let left = fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
      if (!found) throw new Error('no names to draw from');
      return found[0];
    },
    wait: (mean) => Math.min(-Math.log(1 - fraction()), 4) * mean,
    uuid() {
      const digits = hex() + hex() + hex() + hex();
      const variant = ((parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        variant + digits.slice(17, 20),
        digits.slice(20),
      ].join('-');
    },
  };
}
