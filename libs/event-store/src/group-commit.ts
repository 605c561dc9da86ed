/** Gathers what arrives while a write is under way and writes it together. */
export interface GroupCommit<Item, Outcome> {
  /** Resolves with the item's own outcome once its batch is written. */
  submit(item: Item): Promise<Outcome>;
  /** Resolves when nothing waits or is being written. */
  idle(): Promise<void>;
}

export interface GroupCommitOptions<Item, Outcome> {
  /** Writes a batch, all or nothing, and answers one outcome an item, in order. One batch at a time. */
  readonly write: (batch: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Items that share a key never share a batch; they are written in the order they came. */
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
  let waiting: Waiting<Item, Outcome>[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      // A turn of the event loop: all whose last append has just resolved, or whose request is just read, come along.
      await new Promise(setImmediate);
      const { batch, left } = nextBatch(waiting, options);
      waiting = left;
      try {
        const outcomes = await options.write(batch.map(({ item }) => item));
        if (outcomes.length !== batch.length) throw new Error(`${outcomes.length} outcomes for ${batch.length} items`);
        outcomes.forEach((outcome, index) => batch[index]?.resolve(outcome));
      } catch (error) {
        // Those that wait would only find the same trouble, one timeout a batch: they are told now.
        for (const { reject } of [...batch, ...waiting]) reject(error);
        waiting = [];
      }
    }
    writing = undefined;
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        writing ??= writeAll();
      }),
    idle: async () => writing,
  };
}

function nextBatch<Item, Outcome>(
  waiting: readonly Waiting<Item, Outcome>[],
  { keys, bytes, maxItems, maxBytes }: GroupCommitOptions<Item, Outcome>,
) {
  const batch: Waiting<Item, Outcome>[] = [];
  const passedOver: Waiting<Item, Outcome>[] = [];
  const taken = new Set<string>();
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
