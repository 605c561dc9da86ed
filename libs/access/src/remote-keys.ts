import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type RemoteJWKSet } from 'jose';

/** The published keys cannot be had, so nobody can be told from anybody: the caller may try again later. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** All in milliseconds. */
const limits = {
  /** How long one fetch may take, the requests that wait for it included. */
  timeout: 3_000,
  /** How soon after a fetch an unknown key id may cause the next: strangers choose key ids. */
  cooldown: 10_000,
  /** How long fetched keys are trusted: a withdrawn key is accepted no longer than this. */
  maxAge: 600_000,
  /** How long a failed fetch stands for the requests after it, so that a dead issuer is not hammered. */
  retryAfter: 2_000,
};

/**
 * Public keys by `kid` and algorithm from a JWKS URL, fetched when first needed. Rejects with jose's own error when
 * the token names no key of the set, and with {@link KeysUnavailable} when the set is unreachable, too slow or
 * malformed and the key is not at hand.
 */
export function remoteKeys(url: URL): (...token: Parameters<RemoteJWKSet>) => ReturnType<RemoteJWKSet> {
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: limits.timeout,
    cooldownDuration: limits.cooldown,
    cacheMaxAge: limits.maxAge,
    [customFetch]: patientFetch(),
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new KeysUnavailable('The keys that tokens are signed with cannot be fetched', { cause: error });
    }
  };
}

function patientFetch(): FetchImplementation {
  let failed: { readonly at: number; readonly cause: unknown } | undefined;
  return async (url, options) => {
    if (failed && performance.now() < failed.at + limits.retryAfter) throw failed.cause;
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`The key set answered with status ${response.status}`);
      failed = undefined;
      return response;
    } catch (cause) {
      failed = { at: performance.now(), cause };
      throw cause;
    }
  };
}

/** Several keys fit when a token names none: the issuer must say which one it used. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
