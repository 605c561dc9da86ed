import { LRUCache } from 'lru-cache';

/** The newest event of a stream that this process has met, as the next one's hash needs it. */
export interface Tail {
  readonly revision: number;
  readonly hash: string;
}

/**
 * Tails of recent streams, so that most appends need not read one. What stands at a revision never changes: a tail
 * that is behind makes an append conflict, never a wrong chain.
 */
export interface Tails {
  get(stream: string): Tail | undefined;
  /** Keeps the newer one. */
  reached(event: Tail & { readonly stream: string }): void;
  /** It is not the tail any more. */
  moved(stream: string): void;
}

const KEPT = 50_000;

export function recentTails(): Tails {
  const kept = new LRUCache<string, Tail>({ max: KEPT });
  return {
    get: (stream) => kept.get(stream),
    reached({ stream, revision, hash }) {
      if ((kept.peek(stream)?.revision ?? -1) < revision) kept.set(stream, { revision, hash });
    },
    moved: (stream) => void kept.delete(stream),
  };
}
