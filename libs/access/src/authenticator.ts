import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type Credentials, readClaims, untimely } from './claims.js';
import type { AccessConfig } from './config.js';
import { readDevHeaders } from './dev-headers.js';
import { type Authenticated, type Named, type Refused, refuse } from './refusal.js';
import { tokenVerifier } from './token.js';
import { namedBy } from './values.js';

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Authenticated>;

/** Characters; a compact JWT is ASCII. It also bounds how many scope entries a token can carry. */
const longestToken = 8192;
const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * A client sends the same token with every request, and checking a signature costs ten times what finding its digest
 * does. A good token is therefore not verified again for a minute; its times are checked at every use.
 */
const remembered = { tokens: 2_000, milliseconds: 60_000 };

/**
 * Finds out who sends a request. A token decides whenever there is one, good or bad; development headers are looked
 * at only where there is none and the configuration allows them. Rejects with KeysUnavailable when a token's key
 * cannot be fetched; everything that is wrong with the request is a refusal.
 */
export function authenticator(config: AccessConfig, canonicalRole: (name: string) => string): Authenticate {
  const { allowDevHeaders, requireTechnicianId } = config;
  const authenticateToken = tokenAuthenticator(config, canonicalRole);
  return async (headers) => {
    if (headers.authorization !== undefined) return authenticateToken(headers.authorization);
    if (allowDevHeaders) {
      const answer = readDevHeaders(headers, { requireTechnicianId, canonicalRole });
      return named(answer, () => namedBy(headers['x-actor-id'], headers['x-actor-role'], headers['x-actor-type']));
    }
    return refuse('AUTH_REQUIRED', 'A bearer token is required');
  };
}

function tokenAuthenticator(config: AccessConfig, canonicalRole: (name: string) => string) {
  const { clock = Date.now } = config;
  const check = tokenCheck(config, canonicalRole);
  const good = new LRUCache<string, { readonly credentials: Credentials; readonly until: number }>({
    max: remembered.tokens,
  });

  return async (authorization: unknown): Promise<Authenticated> => {
    const token = bearerToken(authorization);
    if (token === undefined)
      return invalidToken('The header Authorization must be "Bearer" and one JWT of at most 8 KiB');

    const digest = hash('sha256', token, 'base64');
    const known = good.get(digest);
    const fresh = known === undefined || known.until <= clock();
    const credentials = fresh ? await check(token) : known.credentials;
    if ('refusal' in credentials) return credentials;

    const now = clock();
    const { id, role, type } = credentials.actor;
    const refused = untimely(credentials, now);
    if (refused) return named(refused, () => ({ id, role, type }));
    if (fresh) good.set(digest, { credentials, until: now + remembered.milliseconds });
    return { actor: credentials.actor };
  };
}

function tokenCheck(config: AccessConfig, canonicalRole: (name: string) => string) {
  const { issuer, audience, requireTechnicianId } = config;
  const verify = tokenVerifier(config);
  return async (token: string): Promise<Credentials | Refused> => {
    const claims = await verify(token);
    if (claims === undefined)
      return invalidToken('The token is not a JWT signed with a key and algorithm trusted here');
    const read = readClaims(claims, { issuer, audience, requireTechnicianId, canonicalRole });
    return named(read, () => namedBy(claims['sub'], claims['role'], claims['actor_type']));
  };
}

/** The same answer; a refusal says who was named. */
function named<Answer extends object>(answer: Answer | Refused, by: () => Named | undefined): Answer | Refused {
  if (!('refusal' in answer)) return answer;
  const whom = by();
  return whom ? { refusal: { ...answer.refusal, by: whom } } : answer;
}

/** Node keeps the first of several Authorization headers, so what is seen here is one header. */
function bearerToken(authorization: unknown): string | undefined {
  const token = typeof authorization === 'string' ? bearer.exec(authorization)?.[1] : undefined;
  return token !== undefined && token.length <= longestToken ? token : undefined;
}

function invalidToken(message: string): Refused {
  return refuse('INVALID_AUTH_TOKEN', message);
}
