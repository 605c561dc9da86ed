/** A subject's key under the master key. */
export interface KeptKey {
  readonly subject: string;
  readonly wrapped: Buffer;
}

/** Somebody to be found by a fingerprint, and the other fingerprints that they were met with. */
export interface Sought {
  readonly name: Buffer;
  readonly also: readonly Buffer[];
}

/** What stands beside all keys. */
export interface KeptMaster {
  /** Of the master key that they are under. */
  readonly mark: string;
  /** The key that fingerprints are made with, under the master key. */
  readonly naming: Buffer;
}

export interface Erasure {
  readonly subject: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly by: string;
  /** Whether the log says so too. */
  readonly recorded: boolean;
}

/** Where subjects' keys are kept: not in the log, and shared by all processes. */
export interface KeyStore {
  /** The keys of those who are known, in the order asked; notes the other fingerprints beside. */
  find(people: readonly Sought[]): Promise<readonly (KeptKey | undefined)[]>;
  /** Gives each a new subject and its key where there is none: of two that come at once the first wins. */
  make(people: readonly (Pick<Sought, 'name'> & KeptKey)[], mark: string): Promise<readonly KeptKey[]>;
  /** By subject; 'erased' where the key was destroyed on purpose; without an entry where nothing is known of it. */
  get(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer | 'erased'>>;
  /** Subjects that were met with a fingerprint. `first`: whether it is the one they go by. */
  metWith(name: Buffer): Promise<readonly { readonly subject: string; readonly first: boolean }[]>;
  /** Destroys a key, and keeps that it did, in one step. 'before': it had been. */
  erase(subject: string, by: string): Promise<'erased' | 'before' | 'unknown'>;
  /** Keeps that a key is gone for good that is not there: one that was lost, or that the log says was destroyed. */
  giveUp(erasure: Omit<Erasure, 'recorded'>): Promise<void>;
  erasures(): Promise<readonly Erasure[]>;
  /** The log says so too from now on. */
  recorded(subject: string): Promise<void>;
  count(): Promise<number>;
  /** Undefined before the first key. */
  master(): Promise<KeptMaster | undefined>;
  /** Before the first key: of two that come at once the first wins. Answers what stands. */
  begin(master: KeptMaster): Promise<KeptMaster>;
  close(): Promise<void>;
}

/** The keys are under another master key, or one cannot be had that was not erased. Never shown as erased. */
export class KeyFault extends Error {
  override readonly name = 'KeyFault';
}
