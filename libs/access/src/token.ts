import { webcrypto } from 'node:crypto';
import { compactVerify, type CompactVerifyGetKey, errors } from 'jose';
import { type Claims, isObject } from './claims.js';
import { remoteKeys } from './remote-keys.js';

export interface TrustedKeys {
  /** Shared secret of HS256. */
  readonly secret?: string;
  /** Where the public keys of RS256, ES256 and EdDSA are published. */
  readonly jwksUrl?: string;
}

const publicKeyAlgorithms = ['RS256', 'ES256', 'EdDSA'];

/**
 * Tells what a compact JWT claims once its signature holds; undefined when it is no JWT, or is signed by no key we
 * trust. Throws KeysUnavailable when that cannot be told now.
 *
 * The algorithm picks the kind of key and never the other way round: HS256 meets the secret only, the others meet the
 * published keys only, and what is not listed (`none`) meets nothing. A public key is thus never taken for a secret.
 */
export function tokenVerifier({ secret, jwksUrl }: TrustedKeys): (token: string) => Promise<Claims | undefined> {
  const shared = secret === undefined ? undefined : sharedKey(secret);
  const published = jwksUrl === undefined ? undefined : remoteKeys(new URL(jwksUrl));
  const algorithms = [...(shared ? ['HS256'] : []), ...(published ? publicKeyAlgorithms : [])];
  const keyFor: CompactVerifyGetKey = async (header, token) => {
    const key = header.alg === 'HS256' ? await shared : await published?.(header, token);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key;
  };

  return async (token) => {
    try {
      const { payload, protectedHeader } = await compactVerify(token, keyFor, { algorithms });
      // Extensions that must be understood are refused: none is in use with JWTs, and b64 is forbidden there.
      return protectedHeader.crit === undefined ? readJson(payload) : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
}

/** Imported once: jose would import raw bytes anew for each token. */
async function sharedKey(secret: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function readJson(payload: Uint8Array): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
