import { LRUCache } from 'lru-cache';

export interface Asking<Item, Raw, Value> {
  /** Milliseconds, counted from when a value is asked for, so that it is never older than that. */
  readonly keptMs: number;
  readonly nameOf: (item: Item) => string;
  /** Answers in the order of the items. */
  readonly ask: (items: readonly Item[]) => Promise<readonly Raw[]>;
  /** Of each answer the value, or an error of that one alone. */
  readonly use: (raw: Raw | undefined, item: Item) => Value;
}

const MOST = 10_000;

/**
 * Values that are kept in memory for a moment. Those that are missing are asked for at once, and by many at the same
 * time only once; an undefined one is not kept, and neither is a failure.
 */
export function forAMoment<Item, Raw, Value>(
  asking: Asking<Item, Raw, Value>,
): (items: readonly Item[]) => Promise<Value[]> {
  const { keptMs, nameOf, ask, use } = asking;
  // Purged by itself: what may be used no longer is not to lie about.
  const kept = new LRUCache<string, Promise<Value>>({ max: MOST, ttl: keptMs, ttlAutopurge: true });

  function keep(name: string, value: Promise<Value>): void {
    kept.set(name, value);
    const forget = () => {
      if (kept.peek(name) === value) kept.delete(name);
    };
    value.then((it) => {
      if (it === undefined) forget();
    }, forget);
  }

  return (items) => {
    const found = new Map<string, Promise<Value>>();
    const missing = new Map<string, Item>();
    const names = items.map(nameOf);
    for (const [at, item] of items.entries()) {
      const name = names[at] ?? '';
      const value = kept.get(name);
      if (value) found.set(name, value);
      else missing.set(name, item);
    }
    if (missing.size > 0) {
      const answers = ask([...missing.values()]);
      for (const [at, [name, item]] of [...missing].entries()) {
        const value = answers.then((raw) => use(raw[at], item));
        found.set(name, value);
        keep(name, value);
      }
    }
    return Promise.all(names.flatMap((name) => found.get(name) ?? []));
  };
}
