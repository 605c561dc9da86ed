import { createHash } from 'node:crypto';

// RFC 6962, section 2.1, as it is written there: slow, over lists of entries. It shares no line with what it checks.

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** The largest power of two smaller than n. */
const k = (n: number): number => {
  for (let power = 1; ; power *= 2) if (power < n && n <= power * 2) return power;
};

export function MTH(d: readonly Buffer[]): Buffer {
  const [only] = d;
  if (!only) return sha256();
  if (d.length === 1) return sha256(Buffer.from([0x00]), only);
  const split = k(d.length);
  return sha256(Buffer.from([0x01]), MTH(d.slice(0, split)), MTH(d.slice(split)));
}

export function PATH(m: number, d: readonly Buffer[]): readonly Buffer[] {
  if (d.length === 1) return [];
  const split = k(d.length);
  return m < split
    ? [...PATH(m, d.slice(0, split)), MTH(d.slice(split))]
    : [...PATH(m - split, d.slice(split)), MTH(d.slice(0, split))];
}

export const PROOF = (m: number, d: readonly Buffer[]): readonly Buffer[] => SUBPROOF(m, d, true);

function SUBPROOF(m: number, d: readonly Buffer[], b: boolean): readonly Buffer[] {
  if (m === d.length) return b ? [] : [MTH(d)];
  const split = k(d.length);
  return m <= split
    ? [...SUBPROOF(m, d.slice(0, split), b), MTH(d.slice(split))]
    : [...SUBPROOF(m - split, d.slice(split), false), MTH(d.slice(0, split))];
}
