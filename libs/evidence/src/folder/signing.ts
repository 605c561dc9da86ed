import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ObjectKey, keyOf } from '../object-key.js';

/** Where the service itself takes and gives objects, relative to where it is served. */
export const OBJECTS_PATH = '/evidence/objects';

/** What a signed address lets its holder do. */
export interface SignedAddress {
  readonly method: 'PUT' | 'GET';
  readonly object: ObjectKey;
  /** Bytes that are put; 0 of a read. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** The address with its signature. Whoever has it may do that one thing until it expires. */
export function signedUrl(key: Buffer, address: SignedAddress): string {
  const { method, object, size, expires } = address;
  const query = new URLSearchParams({
    ...(method === 'PUT' && { size: String(size) }),
    expires: String(expires),
    signature: signatureOf(key, address).toString('base64url'),
  });
  return `${OBJECTS_PATH}/${keyOf(object)}?${query.toString()}`;
}

/** Whether the signature is that of the address, and it has not expired. `now`: seconds since 1970. */
export function admits(key: Buffer, address: SignedAddress, signature: string, now: number): boolean {
  const expected = signatureOf(key, address);
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected) && now < address.expires;
}

const signatureOf = (key: Buffer, { method, object, size, expires }: SignedAddress): Buffer =>
  createHmac('sha256', key)
    .update([method, keyOf(object), size, expires].join('\n'))
    .digest();
