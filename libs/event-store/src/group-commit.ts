/** Gathers what arrives while a write is under way and writes it together. */
export interface GroupCommit<Item, Outcome> {
  /** Resolves with the item's own outcome once its batch is written. */
  submit(item: Item): Promise<Outcome>;
  /** Resolves when nothing waits or is being written. */
  idle(): Promise<void>;
}

export interface GroupCommitOptions<Item, Outcome> {
  /** Writes a batch, all or nothing, and answers one outcome an item, in order. */
  readonly write: (batch: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Batches that may be under way at once: while one is written the next is made ready. */
  readonly lanes: number;
  /** Fewer items than this wait for the batch that is under way, and then go together. */
  readonly few: number;
  /** Items that share a key are never under way together; they are written in the order they came. */
  readonly keys: (item: Item) => readonly string[];
  readonly bytes: (item: Item) => number;
  readonly maxItems: number;
  /** An item larger than this is written alone. */
  readonly maxBytes: number;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** How far past a full batch the queue is searched for items whose keys are free, so that a long one stays cheap. */
const LOOK_AHEAD = 4;

export function groupCommit<Item, Outcome>(options: GroupCommitOptions<Item, Outcome>): GroupCommit<Item, Outcome> {
  const { write, lanes, few, maxItems } = options;
  /** Keys of what is under way. */
  const held = new Set<string>();
  let waiting: Waiting<Item, Outcome>[] = [];
  let underWay = 0;
  let busy = 0;
  const running = new Set<Promise<void>>();

  async function lane(): Promise<void> {
    busy += 1;
    while (waiting.length >= (busy > 1 ? few : 1)) {
      // A turn of the event loop: all whose last append has just resolved, or whose request is just read, come along.
      await new Promise(setImmediate);
      // Each lane takes its share of a crowd that waits for every commit; else all of it would be in one for ever.
      const share = Math.ceil((waiting.length + underWay) / lanes);
      const next = nextBatch(waiting, held, { ...options, maxItems: Math.min(maxItems, Math.max(share, few)) });
      // What waits, waits for what is under way, and goes on with that lane.
      if (next.batch.length === 0) break;
      waiting = next.left;
      await settle(next.batch);
    }
    // In the same turn as the last look at what waits: a submit sees either the lane or the need for one.
    busy -= 1;
  }

  async function settle(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    const items = batch.map(({ item }) => item);
    const keys = items.flatMap(options.keys);
    for (const key of keys) held.add(key);
    underWay += items.length;
    try {
      const outcomes = await write(items);
      if (outcomes.length !== items.length) throw new Error(`${outcomes.length} outcomes for ${items.length} items`);
      outcomes.forEach((outcome, index) => batch[index]?.resolve(outcome));
    } catch (error) {
      // Those that wait would only find the same trouble, one timeout a batch: they are told now.
      for (const { reject } of [...batch, ...waiting]) reject(error);
      waiting = [];
    } finally {
      for (const key of keys) held.delete(key);
      underWay -= items.length;
    }
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (busy === lanes || (busy > 0 && waiting.length < few)) return;
        const run = lane().finally(() => running.delete(run));
        running.add(run);
      }),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function nextBatch<Item, Outcome>(
  waiting: readonly Waiting<Item, Outcome>[],
  held: ReadonlySet<string>,
  { keys, bytes, maxItems, maxBytes }: GroupCommitOptions<Item, Outcome>,
) {
  const batch: Waiting<Item, Outcome>[] = [];
  const passedOver: Waiting<Item, Outcome>[] = [];
  const taken = new Set(held);
  let size = 0;
  let seen = 0;
  for (const entry of waiting) {
    const entryBytes = bytes(entry.item);
    const full = batch.length === maxItems || (batch.length > 0 && size + entryBytes > maxBytes);
    if (full || seen === maxItems * LOOK_AHEAD) break;
    seen += 1;
    const entryKeys = keys(entry.item);
    const free = !entryKeys.some((key) => taken.has(key));
    // Also the keys of one passed over: what comes after it must stay after it.
    for (const key of entryKeys) taken.add(key);
    if (free) size += entryBytes;
    (free ? batch : passedOver).push(entry);
  }
  return { batch, left: [...passedOver, ...waiting.slice(seen)] };
}
