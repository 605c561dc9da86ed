import type { Entry } from './entry.js';

/** What the outbox keeps on this device. Every method is one transaction. */
export interface Storage {
  /** Of one actor, oldest first. */
  readonly entries: (actor: string) => Promise<readonly Entry[]>;
  /** Adds it at the end, or puts it in the place of the one that `join` chooses; with its bytes, or not at all. */
  readonly add: (
    entry: Omit<Entry, 'seq'>,
    bytes: Blob | undefined,
    join: (entries: readonly Entry[]) => Entry | undefined,
  ) => Promise<void>;
  /** Changes an entry that is still there. Undefined when it is not, or when `change` gives undefined. */
  readonly update: (seq: number, change: (entry: Entry) => Entry | undefined) => Promise<Entry | undefined>;
  /** With its bytes, if it is still there and `may` allows it. */
  readonly remove: (seq: number, may: (entry: Entry) => boolean) => Promise<void>;
  readonly bytes: (seq: number) => Promise<Blob | undefined>;
  /** How many wait of actors other than this one. */
  readonly othersWaiting: (actor: string) => Promise<number>;
}

/** Answers of the service that the page shows when it cannot be reached; `path` names them. */
export interface Kept<T = unknown> {
  readonly actor: string;
  readonly path: string;
  readonly answer: T;
  /** Milliseconds since 1970, by this device. */
  readonly at: number;
}

export interface Answers {
  readonly keep: (kept: Kept) => Promise<void>;
  readonly find: (actor: string, path: string) => Promise<Kept | undefined>;
  /** Newest first. */
  readonly all: (actor: string) => Promise<readonly Kept[]>;
  /** All that was kept for an actor; what waits to be sent stays. */
  readonly forget: (actor: string) => Promise<void>;
}
