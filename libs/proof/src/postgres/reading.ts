import type { Recorded } from '@dispatch/event-store';
import { leafOf } from '../leaf.js';
import type { Hash } from '../merkle.js';
import { consistencyProof, inclusionProof, rootAt } from '../proofs.js';
import { TreeFault } from './issuing.js';
import {
  firstLeaves,
  type Issued,
  knownKeys,
  lastLeaves,
  latestIssued,
  leafAt,
  type LeafRow,
  nodesIn,
  type Queries,
} from './tables.js';

/** That an event is in the tree of a signed head. */
export interface Inclusion {
  readonly index: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  readonly head: Issued;
}

/** That the tree of one size begins with that of another. */
export interface Consistency {
  readonly from: { readonly size: number; readonly root: Hash };
  readonly to: { readonly size: number; readonly root: Hash };
  readonly proof: readonly Hash[];
}

/** What is answered from the tree's tables; each proof by a few searches by key. */
export interface TreeReads {
  /** The newest signed head. */
  latest(): Promise<Issued | undefined>;
  /**
   * In the newest head, or in `head`; undefined while it does not cover the event.
   * @throws TreeFault when the tree has another leaf at the event's position.
   */
  inclusion(event: Recorded, head?: Issued): Promise<Inclusion | undefined>;
  /** Undefined unless 0 < from ≤ to ≤ the tree's size. */
  consistency(from: number, to: number): Promise<Consistency | undefined>;
  keys(): ReturnType<typeof knownKeys>;
  /** The first leaves in order. */
  leaves(count: number): AsyncIterable<LeafRow>;
}

export function treeReads(db: Queries): TreeReads {
  const read = nodesIn(db);
  const latest = () => latestIssued(db);
  return {
    latest,
    async inclusion(event, given) {
      const head = given ?? (await latest());
      const row = await leafAt(db, event.position);
      if (!head || !row || row.index >= head.size) return undefined;
      const leaf = leafOf(event);
      if (!leaf.equals(row.hash)) throw new TreeFault(`the tree has another event at position ${event.position}`);
      return { index: row.index, leaf, proof: await inclusionProof(read, row.index, head.size), head };
    },
    async consistency(from, to) {
      const [last] = await lastLeaves(db, 1);
      if (!last || from < 1 || from > to || to > last.index + 1) return undefined;
      const [older, newer] = [await rootAt(read, from), await rootAt(read, to)];
      const proof = await consistencyProof(read, from, to);
      return { from: { size: from, root: older }, to: { size: to, root: newer }, proof };
    },
    keys: () => knownKeys(db),
    leaves: (count) => firstLeaves(db, count),
  };
}
