import type { Hash } from './merkle.js';
import { NoteFault, openNote, type Signer, signedNote, strictBase64, type VerifierKey } from './note.js';

/** A tree head: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log; also the name of the keys that sign it. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Hash;
}

/** The signed note of a tree head. It has no extension lines: nothing could check what they say. */
export function signCheckpoint({ size, root }: Pick<Checkpoint, 'size' | 'root'>, signer: Signer): string {
  return signedNote(`${signer.key.name}\n${size}\n${root.toString('base64')}\n`, [signer]);
}

/** @throws NoteFault when the note is not a checkpoint that one of the keys signed in the name of its origin. */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): Checkpoint & { readonly key: VerifierKey } {
  const { text, by } = openNote(note, keys);
  const checkpoint = parsed(text);
  const key = by.find(({ name }) => name === checkpoint.origin);
  if (!key) throw new NoteFault(`${checkpoint.origin} did not sign its checkpoint itself`);
  return { ...checkpoint, key };
}

function parsed(text: string): Checkpoint {
  const [origin = '', digits = '', encoded = '', ...more] = text.slice(0, -1).split('\n');
  const root = strictBase64(encoded);
  const size = /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  if (origin === '' || !Number.isSafeInteger(size) || root?.length !== 32 || more.includes(''))
    throw new NoteFault('it is signed, and no checkpoint');
  return { origin, size, root };
}
