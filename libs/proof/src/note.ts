import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** A public key as C2SP signed-note writes it: `<name>+<key id in hex>+<base64 of 0x01 ‖ 32 bytes>`. */
export interface VerifierKey {
  readonly name: string;
  /** Hex of the four bytes by which a signature names its key. */
  readonly id: string;
  /** The whole line. */
  readonly text: string;
  readonly publicKey: KeyObject;
}

/** A private key, as `PRIVATE+KEY+<name>+<key id in hex>+<base64 of 0x01 ‖ 32 bytes of seed>`. */
export interface Signer {
  readonly key: VerifierKey;
  readonly sign: (text: string) => Buffer;
}

/** A text, or a key, that is not of its form, or that the key did not sign. */
export class NoteFault extends Error {
  override readonly name = 'NoteFault';
}

/** The one signature type in use here: Ed25519 (RFC 8032) over the text. */
const ED25519 = Buffer.of(1);
// DER of an Ed25519 key up to its 32 bytes: RFC 8410.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PRIVATE = 'PRIVATE+KEY+';

/** C2SP signed-note: not empty, no space of any kind, no plus. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name);

/** @throws NoteFault when the line is not an Ed25519 key with the id that follows from it. */
export function verifierKey(line: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  const raw = keyBytes(encoded);
  if (!isKeyName(name) || !raw) throw new NoteFault('it is no public key of the form <name>+<id>+<base64>');
  const key = keyOf(name, raw);
  if (key.id !== id) throw new NoteFault('the id of the public key does not follow from its name and bytes');
  return key;
}

/** @throws NoteFault, which tells nothing of the key. */
export function signerOf(line: string): Signer {
  const [, name = '', id = '', encoded = ''] = line.startsWith(PRIVATE)
    ? (/^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line.slice(PRIVATE.length)) ?? [])
    : [];
  const seed = keyBytes(encoded);
  if (!isKeyName(name) || !seed) throw new NoteFault(`it is no key of the form ${PRIVATE}<name>+<id>+<base64>`);
  const signer = signerWith(name, seed);
  if (signer.key.id !== id) throw new NoteFault('its id does not follow from its name and bytes');
  return signer;
}

/** A new private key as the line that {@link signerOf} reads. */
export function newSignerLine(name: string): string {
  if (!isKeyName(name)) throw new NoteFault('the name of a key has no space and no plus');
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
  return `${PRIVATE}${name}+${signerWith(name, seed).key.id}+${Buffer.concat([ED25519, seed]).toString('base64')}`;
}

/** The signed note: the text, an empty line, a line for each signature. @param text ends with a newline. */
export function signedNote(text: string, signers: readonly Signer[]): string {
  if (!isNoteText(text)) throw new NoteFault('a text to be signed ends with a newline and holds no control character');
  const lines = signers.map(({ key: { name, id }, sign }) => {
    const signature = Buffer.concat([Buffer.from(id, 'hex'), sign(text)]);
    return `— ${name} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * The text of a note, and which of the keys signed it. Signatures of other keys are passed over.
 * @throws NoteFault when a signature of a known key does not verify, or there is none.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): { text: string; by: readonly VerifierKey[] } {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2);
  if (end < 0 || !isNoteText(text) || !lines.endsWith('\n')) throw new NoteFault('it is no signed note');
  const by = lines
    .slice(0, -1)
    .split('\n')
    .flatMap((line) => signedBy(line, text, keys));
  if (by.length === 0) throw new NoteFault('no known key signed it');
  return { text, by };
}

function signedBy(line: string, text: string, keys: readonly VerifierKey[]): readonly VerifierKey[] {
  const [, name = '', encoded = ''] = /^— ([^ ]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  const bytes = strictBase64(encoded);
  if (!isKeyName(name) || !bytes || bytes.length < 5) throw new NoteFault('it has a line that is no signature');
  const id = bytes.toString('hex', 0, 4);
  const key = keys.find((one) => one.name === name && one.id === id);
  if (!key) return [];
  if (!verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4)))
    throw new NoteFault(`the signature of ${name}+${id} does not verify`);
  return [key];
}

function signerWith(name: string, seed: Buffer): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { key: keyOf(name, raw), sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

function keyOf(name: string, raw: Buffer): VerifierKey {
  const typed = Buffer.concat([ED25519, raw]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  return { name, id, text: `${name}+${id}+${typed.toString('base64')}`, publicKey };
}

/** The 32 bytes of an Ed25519 key. */
function keyBytes(encoded: string): Buffer | undefined {
  const bytes = strictBase64(encoded);
  return bytes?.length === 33 && bytes[0] === ED25519[0] ? bytes.subarray(1) : undefined;
}

/** Node reads past what is no base64; here each value has one spelling. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

const isNoteText = (text: string): boolean => text.endsWith('\n') && !/[\x00-\x09\x0b-\x1f]/.test(text);
