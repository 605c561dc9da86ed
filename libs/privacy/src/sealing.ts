import { type CipherKey, createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { Json } from '@dispatch/event-store';

/**
 * A sealed value is a text: `sealed:1:<subject>:<box>`. The box is base64url of a random nonce of 12 bytes, the
 * AES-256-GCM ciphertext and the tag of 16. What is authenticated beside it is where it stands, so that a value that is
 * moved to another event or field does not open.
 */
const SEALED = /^sealed:1:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([\w-]+)$/;
const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
/** Plain texts are filled up to a multiple of so many bytes: a length tells a good deal of a name. */
const STEP = 32;

/** A sealed value that does not open with its key: it was changed, or moved here from elsewhere. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Where a value stands. */
export interface Place {
  readonly eventId: string;
  /** From the top of the body. */
  readonly place: string;
}

const beside = ({ eventId, place }: Place): Buffer => Buffer.from(`dispatch privacy 1\n${eventId}\n${place}`);

/** A value sealed with the key of its subject; as a KeyObject, since to take bytes in anew costs eight times the rest. */
export function seal(subject: string, key: KeyObject, where: Place, value: Json): string {
  const text = Buffer.from(JSON.stringify(value));
  const filled = Buffer.concat([text, Buffer.alloc((STEP - (text.length % STEP)) % STEP, ' ')]);
  return `sealed:1:${subject}:${boxed(key, beside(where), filled).toString('base64url')}`;
}

/** Whose a sealed value is. @throws SealBroken for a text that is none. */
export function subjectOf(sealed: string): string {
  return partsOf(sealed).subject;
}

/** The value that was sealed. @throws SealBroken */
export function unseal(sealed: string, key: KeyObject, where: Place): Json {
  const text = unboxed(key, beside(where), Buffer.from(partsOf(sealed).box, 'base64url'));
  if (!text) throw new SealBroken(`${where.place} of event ${where.eventId} does not open with its subject's key`);
  return JSON.parse(text.toString()) as Json;
}

function partsOf(sealed: string) {
  const [, subject, box] = SEALED.exec(sealed) ?? [];
  if (subject === undefined || box === undefined) throw new SealBroken('what should be sealed is not');
  return { subject, box };
}

/** Every subject that a text of sealed values names. */
export function subjectsIn(text: string): readonly string[] {
  const found = text.matchAll(/"sealed:1:([0-9a-f-]{36}):[\w-]+"/g);
  return [...new Set([...found].map(([, subject]) => subject ?? ''))];
}

/** A subject's key as it is kept: under the master's, and for this subject only. */
export const wrap = (wrapping: Buffer, subject: string, key: Buffer): Buffer =>
  boxed(wrapping, Buffer.from(`dispatch privacy key 1\n${subject}`), key);

/** Undefined when it was wrapped by another master key, for another subject, or was changed since. */
export const unwrap = (wrapping: Buffer, subject: string, wrapped: Buffer): Buffer | undefined =>
  unboxed(wrapping, Buffer.from(`dispatch privacy key 1\n${subject}`), wrapped);

/** In place of a subject, for the key that fingerprints are made with. */
export const NAMING = 'naming';

/** Random bytes for nonces to come: to ask for twelve at a time costs more than the cipher. Each is used once. */
let nonces = Buffer.alloc(0);

function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCE * 256);
  const nonce = nonces.subarray(0, NONCE);
  nonces = nonces.subarray(NONCE);
  return nonce;
}

function boxed(key: CipherKey, beside: Buffer, plain: Buffer): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(beside);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unboxed(key: CipherKey, beside: Buffer, box: Buffer): Buffer | undefined {
  if (box.length < NONCE + TAG) return undefined;
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE), { authTagLength: TAG }).setAAD(beside);
  decipher.setAuthTag(box.subarray(-TAG));
  const plain = decipher.update(box.subarray(NONCE, -TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
