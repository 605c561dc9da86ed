import { describe, expect, test } from '@jest/globals';
import {
  EMPTY_ROOT,
  frontierOf,
  type Hash,
  leafHash,
  type Node,
  nodeHash,
  provesConsistency,
  provesInclusion,
} from './merkle.js';
import { consistencyProof, inclusionProof, MissingNode, type ReadNodes, rootAt, subtreeHashes } from './proofs.js';
import { MTH, PATH, PROOF } from './testing/definition.js';
import { CONSISTENCIES, ENTRIES, INCLUSIONS, ROOTS } from './testing/vectors.js';

/** A tree in memory; counts what is read of it. */
function treeOf(entries: readonly Buffer[]) {
  const frontier = frontierOf();
  const nodes = new Map<string, Node>();
  const roots = [EMPTY_ROOT];
  for (const entry of entries) {
    for (const node of frontier.add(leafHash(entry))) nodes.set(`${node.level}/${node.index}`, node);
    roots.push(frontier.root());
  }
  let reads = 0;
  const read: ReadNodes = async (wanted) => {
    reads += wanted.length;
    return wanted.flatMap(({ level, index }) => nodes.get(`${level}/${index}`) ?? []);
  };
  return { read, nodes, roots, reads: () => reads };
}

const rootOf = (size: number): Hash => ROOTS[size - 1] ?? EMPTY_ROOT;
/** Compared as text: byte by byte it takes the test runner seconds. */
const hexOf = (hashes: readonly Buffer[]): readonly string[] => hashes.map((hash) => hash.toString('hex'));
const leafAt = (entries: readonly Buffer[], index: number): Hash => leafHash(entries[index] ?? Buffer.alloc(0));
const entries = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, n) => Buffer.from(`entry ${n}`));

describe('vectors of certificate transparency', () => {
  test('hashes', () => {
    const hex = (hash: Hash) => hash.toString('hex');
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(leafHash(Buffer.from('L123456')))).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    );
    expect(hex(nodeHash(Buffer.from('N123'), Buffer.from('N456')))).toBe(
      'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
    );
  });

  test('roots, as the tree grows and looked up afterwards', async () => {
    const { roots, read } = treeOf(ENTRIES);
    expect(roots.slice(1)).toEqual(ROOTS);
    for (const [place, root] of ROOTS.entries()) expect(await rootAt(read, place + 1)).toEqual(root);
  });

  test.each(INCLUSIONS)('inclusion of $index in $size', async ({ index, size, proof }) => {
    expect(await inclusionProof(treeOf(ENTRIES).read, index, size)).toEqual(proof);
    expect(provesInclusion(index, size, leafAt(ENTRIES, index), proof, rootOf(size))).toBe(true);
  });

  test.each(CONSISTENCIES)('consistency of $from with $to', async ({ from, to, proof }) => {
    expect(await consistencyProof(treeOf(ENTRIES).read, from, to)).toEqual(proof);
    const heads = { older: { size: from, root: rootOf(from) }, newer: { size: to, root: rootOf(to) } };
    expect(provesConsistency(heads, proof)).toBe(true);
  });

  // The mutations that the same suite makes of each proof.
  const some = Buffer.from('abacaba000000000000000000000000000000000000000000060061e00123456', 'hex');
  const flipped = (proof: readonly Hash[]) =>
    proof.map((_, at) =>
      proof.map((hash, n) => (n === at ? Buffer.from(hash.map((byte, b) => (b === 0 ? byte ^ 8 : byte))) : hash)),
    );
  const mangled = (proof: readonly Hash[], root: Hash): readonly (readonly Hash[])[] => [
    [...proof, Buffer.alloc(0)],
    [...proof, root],
    [Buffer.alloc(0), ...proof],
    [root, ...proof],
    [...proof.slice(0, 1), some, ...proof.slice(1)],
    ...(proof.length > 0 ? [proof.slice(0, -1), proof.slice(1)] : []),
    ...flipped(proof),
  ];

  test.each(INCLUSIONS)('no other proof shows the inclusion of $index in $size', ({ index, size, proof }) => {
    const leaf = leafAt(ENTRIES, index);
    const root = rootOf(size);
    for (const wrong of mangled(proof, root)) expect(provesInclusion(index, size, leaf, wrong, root)).toBe(false);
    for (const other of [index - 1, index + 1, index ^ 2])
      expect(provesInclusion(other, size, leaf, proof, root)).toBe(false);
    for (const other of [size * 2, Math.floor(size / 2)])
      expect(provesInclusion(index, other, leaf, proof, root)).toBe(false);
    for (const other of [EMPTY_ROOT, some, Buffer.alloc(0)]) {
      expect(provesInclusion(index, size, other, proof, root)).toBe(false);
      expect(provesInclusion(index, size, leaf, proof, other)).toBe(false);
    }
  });

  test.each(CONSISTENCIES)('no other proof shows the consistency of $from with $to', ({ from, to, proof }) => {
    const [older, newer] = [rootOf(from), rootOf(to)];
    const proves = (size1: number, size2: number, root1: Hash, root2: Hash, given: readonly Hash[] = proof) =>
      provesConsistency({ older: { size: size1, root: root1 }, newer: { size: size2, root: root2 } }, given);
    for (const wrong of [...mangled(proof, older), ...mangled(proof, newer)])
      expect(proves(from, to, older, newer, wrong)).toBe(false);
    for (const other of [from - 1, from + 1, from ^ 2]) expect(proves(other, to, older, newer)).toBe(false);
    for (const other of [to * 2, Math.floor(to / 2)]) expect(proves(from, other, older, newer)).toBe(false);
    expect(proves(from, to, some, newer) || proves(from, to, older, some)).toBe(false);
    if (from !== to) expect(proves(from, to, newer, older) || proves(from, to, older, newer, [])).toBe(false);
  });
});

describe('against the definition of RFC 6962', () => {
  const MOST = 33;
  const all = entries(MOST);
  const { read, roots } = treeOf(all);

  test('every root', () => {
    expect(hexOf(roots)).toEqual(hexOf(Array.from({ length: MOST + 1 }, (_, size) => MTH(all.slice(0, size)))));
  });

  test('every inclusion proof, which verifies for its leaf only', async () => {
    for (let size = 1; size <= MOST; size += 1)
      for (let index = 0; index < size; index += 1) {
        const proof = await inclusionProof(read, index, size);
        expect(hexOf(proof)).toEqual(hexOf(PATH(index, all.slice(0, size))));
        expect(provesInclusion(index, size, leafAt(all, index), proof, roots[size] ?? EMPTY_ROOT)).toBe(true);
        expect(provesInclusion(index, size, leafAt(all, index + 1), proof, roots[size] ?? EMPTY_ROOT)).toBe(false);
      }
  });

  test('every consistency proof', async () => {
    for (let to = 1; to <= MOST; to += 1)
      for (let from = 1; from <= to; from += 1) {
        const proof = await consistencyProof(read, from, to);
        expect(hexOf(proof)).toEqual(hexOf(PROOF(from, all.slice(0, to))));
        const heads = {
          older: { size: from, root: MTH(all.slice(0, from)) },
          newer: { size: to, root: MTH(all.slice(0, to)) },
        };
        expect(provesConsistency(heads, proof)).toBe(true);
      }
  });

  test('a tree that is taken up at any size goes on as if it had never been left', async () => {
    for (let size = 0; size <= MOST; size += 1) {
      const frontier = frontierOf(size, await subtreeHashes(read, size));
      for (const entry of all.slice(size)) frontier.add(leafHash(entry));
      expect([frontier.size(), frontier.root()]).toEqual([MOST, roots[MOST]]);
    }
  });
});

test('a proof reads a few nodes of a large tree, and says so when one is missing', async () => {
  const tree = treeOf(entries(5_000));
  for (const index of [0, 1_234, 4_095, 4_096, 4_999]) {
    const before = tree.reads();
    await inclusionProof(tree.read, index, 5_000);
    expect(tree.reads() - before).toBeLessThanOrEqual(2 * 13);
  }
  tree.nodes.delete('12/0');
  await expect(rootAt(tree.read, 5_000)).rejects.toThrow(MissingNode);
});

test('sizes beyond 32 bits are told apart', () => {
  const [leaf, beside] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
  const size = 2 ** 40 + 1;
  // The last leaf of such a tree stands alone beside a perfect one.
  const root = nodeHash(beside, leaf);
  expect(provesInclusion(2 ** 40, size, leaf, [beside], root)).toBe(true);
  expect(provesInclusion(2 ** 40 - 1, size, leaf, [beside], root)).toBe(false);
  const heads = { older: { size: size - 1, root: beside }, newer: { size, root } };
  expect(provesConsistency(heads, [leaf])).toBe(true);
});
