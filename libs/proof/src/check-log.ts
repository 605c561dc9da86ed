import { chainHash, contentHash, type EventStore, type Recorded } from '@dispatch/event-store';
import type { Checkpoint } from './checkpoint.js';
import { leafOf } from './leaf.js';
import { frontierOf, type Hash } from './merkle.js';

/** A leaf as the tree's tables hold it. */
export interface StoredLeaf {
  readonly position: string;
  readonly hash: Hash;
}

/** Where the log is not what was signed. */
export type LogFault =
  /** The event's content does not give the hash that stands beside it. */
  | ({ readonly fault: 'content' } & Place)
  /** The log ends before the tree that was signed does: after `events`. */
  | { readonly fault: 'truncated'; readonly events: number; readonly missing: string | undefined }
  /** The first event that differs from what was signed; undefined where the tree's own tables were changed as well. */
  | { readonly fault: 'rewritten'; readonly first: Place | undefined };

interface Place {
  readonly index: number;
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
}

export interface LogCheck {
  readonly store: Pick<EventStore, 'readAll'>;
  /** A head whose signature was checked by a key that is trusted: see openCheckpoint. */
  readonly checkpoint: Pick<Checkpoint, 'size' | 'root'>;
  /** The first leaves of the tree's tables in order: with them a fault has a place. They are not trusted. */
  readonly leaves?: (count: number) => AsyncIterable<StoredLeaf>;
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: (events: number) => void;
}

/**
 * Makes the tree of the log's first events anew, as many as the head covers, and compares it with the head that was
 * signed. Every event's content is hashed too. It finds what no chain of hashes can: a tail that was cut off, and a
 * stream that was replaced as a whole by a consistent one. Memory does not grow with the log.
 * @returns undefined when the log is what was signed.
 */
export async function checkLogAgainstCheckpoint(check: LogCheck): Promise<LogFault | undefined> {
  const { store, checkpoint, leaves, signal, onEvent } = check;
  const log = frontierOf();
  const tables = frontierOf();
  const stored = leaves?.(checkpoint.size)[Symbol.asyncIterator]();
  let content: Place | undefined;
  let differs: Place | undefined;
  let missing: StoredLeaf | undefined;

  /** The table's next leaf, also taken into the tree that the tables make. */
  const nextStored = async (): Promise<StoredLeaf | undefined> => {
    const next = await stored?.next();
    if (!next || next.done) return undefined;
    tables.add(next.value.hash);
    return next.value;
  };

  if (checkpoint.size > 0)
    for await (const event of store.readAll({ after: 'start', signal })) {
      const index = log.size();
      const leaf = leafOf(event);
      log.add(leaf);
      if (!isWhole(event)) content ??= placeOf(event, index);
      const beside = await nextStored();
      if (beside && !(beside.position === event.position && beside.hash.equals(leaf)))
        differs ??= placeOf(event, index);
      onEvent?.(index + 1);
      if (log.size() === checkpoint.size) break;
    }
  while (stored && tables.size() < checkpoint.size) {
    const more = await nextStored();
    if (!more) break;
    missing ??= more;
  }

  const trusted = tables.size() === checkpoint.size && tables.root().equals(checkpoint.root);
  const first = trusted ? differs : undefined;
  // A rewritten event is the earlier place than the end of a log that lacks some.
  if (first) return { fault: 'rewritten', first };
  if (log.size() < checkpoint.size)
    return { fault: 'truncated', events: log.size(), missing: trusted ? missing?.position : undefined };
  if (!log.root().equals(checkpoint.root)) return { fault: 'rewritten', first };
  return content && { fault: 'content', ...content };
}

/** Whether the hash of the chain follows from the content and the hash before it. */
const isWhole = (event: Recorded): boolean =>
  chainHash(event.prevHash, contentHash(event.stream, event)) === event.hash;

const placeOf = ({ position, stream, revision }: Recorded, index: number): Place => ({
  index,
  position,
  stream,
  revision,
});
