import {
  consistencyRanges,
  type Hash,
  inclusionRanges,
  joined,
  type Node,
  type Range,
  type Subtree,
  subtreesOf,
} from './merkle.js';

/** Looks up complete subtrees; the answer has those that there are, in any order. */
export type ReadNodes = (wanted: readonly Subtree[]) => Promise<readonly Node[]>;

/** The tree's tables lack a node that a tree of this size has. */
export class MissingNode extends Error {
  override readonly name = 'MissingNode';
}

/** The hashes that lead from a leaf to the root: twice as many nodes are read as the tree has levels, at most. */
export const inclusionProof = (read: ReadNodes, index: number, size: number): Promise<readonly Hash[]> =>
  hashesOf(read, inclusionRanges(index, size));

/** The hashes that show that a tree of `newer` leaves begins with the one of `older`. */
export const consistencyProof = (read: ReadNodes, older: number, newer: number): Promise<readonly Hash[]> =>
  hashesOf(read, consistencyRanges(older, newer));

/** The root that the tree had when it had `size` leaves. */
export async function rootAt(read: ReadNodes, size: number): Promise<Hash> {
  return joined(await subtreeHashes(read, size));
}

/** The hashes of the subtrees that a tree of `size` leaves is made of, from left to right. */
export const subtreeHashes = async (read: ReadNodes, size: number): Promise<readonly Hash[]> => {
  const subtrees = subtreesOf({ from: 0, to: size });
  const find = finder(await read(subtrees));
  return subtrees.map(find);
};

async function hashesOf(read: ReadNodes, ranges: readonly Range[]): Promise<readonly Hash[]> {
  const parts = ranges.map(subtreesOf);
  const find = finder(await read(parts.flat()));
  return parts.map((subtrees) => joined(subtrees.map(find)));
}

function finder(nodes: readonly Node[]): (subtree: Subtree) => Hash {
  const found = new Map(nodes.map((node) => [keyOf(node), node.hash]));
  return (subtree) => {
    const hash = found.get(keyOf(subtree));
    if (!hash) throw new MissingNode(`the tree has no node ${subtree.index} at level ${subtree.level}`);
    return hash;
  };
}

const keyOf = ({ level, index }: Subtree): string => `${level} ${index}`;
