/** What was counted under one set of labels. */
export interface Count<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly count: number;
}

/** Counts by labels in plain numbers, so that to count costs next to nothing; metrics read them when they are asked. */
export interface Tally<Label extends string> {
  /** One more under these values, in the order of the labels. */
  add(...values: readonly string[]): void;
  /** Sorted by the values. */
  counts(): readonly Count<Label>[];
  total(): number;
}

/** Sets of labels that are told apart; whatever comes beyond them is counted as {@link OTHER}. */
const MOST_SETS = 2_000;
const OTHER = 'OTHER';
const SEPARATOR = '\0';

/** Nothing is counted yet. Label values come from closed sets of ours; the bound is for the one that turns out not to. */
export function tally<const Label extends string>(...labels: readonly Label[]): Tally<Label> {
  const counts = new Map<string, number>();
  return {
    add(...values) {
      const name = values.join(SEPARATOR);
      const before = counts.get(name);
      if (before !== undefined) counts.set(name, before + 1);
      else if (counts.size < MOST_SETS) counts.set(name, 1);
      else {
        const other = labels.map(() => OTHER).join(SEPARATOR);
        counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    },
    counts: () =>
      [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => {
          const values = name.split(SEPARATOR);
          const entries = labels.map((label, n) => [label, values[n] ?? ''] as const);
          return { labels: Object.fromEntries(entries) as Record<Label, string>, count };
        }),
    total: () => counts.values().reduce((sum, count) => sum + count, 0),
  };
}
