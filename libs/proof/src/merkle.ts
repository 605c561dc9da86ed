import { hash as digest } from 'node:crypto';

/** 32 bytes. */
export type Hash = Buffer;

/** The perfect subtree over the leaves from index·2^level up to, not including, (index + 1)·2^level. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** A subtree of the tree and its hash: level 0 is a leaf. */
export interface Node extends Subtree {
  readonly hash: Hash;
}

/** Leaves from `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** RFC 6962, 2.1: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Buffer): Hash => sha256(Buffer.concat([LEAF, entry]));

/** RFC 6962, 2.1: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(Buffer.concat([NODE, left, right]));

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = sha256(Buffer.alloc(0));

/** The growing edge of a tree: as many hashes as its size has binary ones, however long the log. */
export interface Frontier {
  readonly size: () => number;
  readonly root: () => Hash;
  /** Adds a leaf; answers the nodes that are complete with it, the leaf first. */
  readonly add: (leaf: Hash) => readonly Node[];
}

/** `roots`: of the subtrees of {@link subtreesOf} from 0 to `size`. */
export function frontierOf(size = 0, roots: readonly Hash[] = []): Frontier {
  const edge: Node[] = subtreesOf({ from: 0, to: size }).map((subtree, place) => {
    const hash = roots[place];
    if (!hash) throw new Error(`a tree of ${size} leaves has more subtrees than ${roots.length}`);
    return { ...subtree, hash };
  });
  let leaves = size;
  return {
    size: () => leaves,
    root: () => joined(edge.map(({ hash }) => hash)),
    add(leaf) {
      let node: Node = { level: 0, index: leaves, hash: leaf };
      const complete = [node];
      for (let left = edge.at(-1); left?.level === node.level; left = edge.at(-1)) {
        edge.pop();
        node = { level: node.level + 1, index: left.index / 2, hash: nodeHash(left.hash, node.hash) };
        complete.push(node);
      }
      edge.push(node);
      leaves += 1;
      return complete;
    },
  };
}

/**
 * The perfect subtrees that a range is made of, from left to right. The ranges of proofs begin where a subtree at least
 * as large as any of them may begin, so that {@link joined} of their hashes is the range's hash.
 */
export function subtreesOf({ from, to }: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = from; at < to; ) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      level += 1;
      width *= 2;
    }
    subtrees.push({ level, index: at / width });
    at += width;
  }
  return subtrees;
}

/** The hash over subtrees that stand side by side, each smaller than the one before. */
export function joined(hashes: readonly Hash[]): Hash {
  const last = hashes.at(-1);
  if (!last) return EMPTY_ROOT;
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** What the inclusion proof of a leaf consists of, in its order: PATH of RFC 6962, 2.1.1. 0 ≤ index < size. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const path: Range[] = [];
  for (let [from, to] = [0, size]; to - from > 1; ) {
    const middle = from + split(to - from);
    path.push(index < middle ? { from: middle, to } : { from, to: middle });
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return path.reverse();
}

/** What a consistency proof consists of, in its order: PROOF of RFC 6962, 2.1.2. 0 < older ≤ newer. */
export function consistencyRanges(older: number, newer: number): readonly Range[] {
  const proof: Range[] = [];
  let [from, to] = [0, newer];
  while (to !== older) {
    const middle = from + split(to - from);
    proof.push(older <= middle ? { from: middle, to } : { from, to: middle });
    [from, to] = older <= middle ? [from, middle] : [middle, to];
  }
  // What is left ends with the older tree. Where it is all of it, its verifier has the root already.
  if (from > 0) proof.push({ from, to });
  return proof.reverse();
}

/** Whether the proof leads from the leaf to the root: RFC 9162, 2.1.3.2. */
export function provesInclusion(index: number, size: number, leaf: Hash, proof: readonly Hash[], root: Hash): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !proof.every(isHash)) return false;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const beside of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else hash = nodeHash(hash, beside);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Two tree heads of one log. */
export interface Heads {
  readonly older: { readonly size: number; readonly root: Hash };
  readonly newer: { readonly size: number; readonly root: Hash };
}

/** Whether the newer tree begins with all of the older one: RFC 9162, 2.1.4.2. The older one has a leaf at least. */
export function provesConsistency({ older, newer }: Heads, proof: readonly Hash[]): boolean {
  if (!isCount(older.size) || !isCount(newer.size) || older.size === 0 || older.size > newer.size) return false;
  if (!proof.every(isHash)) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof];
  let [place, last] = [older.size - 1, newer.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  const first = path.shift();
  if (!first) return false;
  let [old, now] = [first, first];
  for (const beside of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      old = nodeHash(beside, old);
      now = nodeHash(beside, now);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else now = nodeHash(now, beside);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && old.equals(older.root) && now.equals(newer.root);
}

/** The greatest power of two below n. Without bit operators, which end at 32 bits. */
function split(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

const half = (n: number): number => Math.floor(n / 2);
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const isHash = (hash: Hash): boolean => hash.length === 32;
const isPowerOfTwo = (n: number): boolean => n === 1 || split(n) * 2 === n;

function sha256(bytes: Buffer): Hash {
  return digest('sha256', bytes, 'buffer');
}
