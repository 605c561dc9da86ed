import { decodeJwt, SignJWT } from 'jose';

/** Whom a session acts for. What is not here, a call cannot choose. */
export interface Agent {
  /** The token's `sub`. */
  readonly id: string;
  /** Canonical, after aliases. */
  readonly role: string;
  /** A token that is good now. */
  token(): Promise<string>;
}

/** Everything, or the entities with these ids. */
export type Scope = '*' | readonly string[];

/** An agent that a service credential may speak for. */
export interface ActingAgent {
  readonly id: string;
  readonly role: string;
  readonly accounts: Scope;
  readonly sites: Scope;
  /** Binds a technician's tools to this technician's tickets. */
  readonly technicianId?: string;
}

/** What tokens are signed with: HS256, as the API checks it. */
export interface ServiceCredential {
  readonly secret: string;
  readonly issuer?: string;
  readonly audience?: string;
}

/** How long a minted token is good for, and for how long before its end it is not used any more, in milliseconds. */
const LIFE_MS = 300_000;
const MARGIN_MS = 60_000;

/**
 * An agent whose tokens are minted here: short-lived, for one subject, role and scope, and always of actor type AGENT.
 * `clock` is in milliseconds since 1970.
 */
export function mintedAgent(
  { id, role, accounts, sites, technicianId }: ActingAgent,
  { secret, issuer, audience }: ServiceCredential,
  clock: () => number,
): Agent {
  const key = new TextEncoder().encode(secret);
  const scope = { account_ids: ids(accounts), site_ids: ids(sites) };
  let minted: { readonly token: Promise<string>; readonly until: number } | undefined;
  const mint = (now: number): Promise<string> => {
    const claims = new SignJWT({
      role,
      actor_type: 'AGENT',
      scope,
      ...(technicianId !== undefined && { technician_id: technicianId }),
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(id)
      .setExpirationTime(Math.floor((now + LIFE_MS) / 1000));
    if (issuer !== undefined) claims.setIssuer(issuer);
    if (audience !== undefined) claims.setAudience(audience);
    return claims.sign(key);
  };
  return {
    id,
    role,
    token() {
      const now = clock();
      if (!minted || minted.until <= now) minted = { token: mint(now), until: now + LIFE_MS - MARGIN_MS };
      return minted.token;
    },
  };
}

const ids = (scope: Scope): readonly string[] => (scope === '*' ? ['*'] : scope);

/** What a token says of itself. Its signature is the API's to check: nothing is allowed on the strength of this. */
export interface TokenClaims {
  readonly id: string;
  readonly role: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Why a token is none that an agent can act under. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault';
}

/** Reads a token's claims; throws TokenFault when it is no JWT, lacks one, or is not an agent's. */
export function readToken(token: string, canonicalRole: (role: string) => string): TokenClaims {
  const { sub, role, exp, actor_type: type = 'AGENT' } = claimsOf(token);
  if (typeof sub !== 'string' || sub === '') throw new TokenFault('the token has no sub');
  if (typeof role !== 'string' || role === '') throw new TokenFault('the token has no role');
  if (typeof exp !== 'number') throw new TokenFault('the token has no exp');
  // What an agent does must not stand in the audit log as done by a person.
  if (type !== 'AGENT') throw new TokenFault('the token is not of actor_type AGENT: agents do not act as others');
  return { id: sub, role: canonicalRole(role), expires: exp };
}

function claimsOf(token: string) {
  try {
    return decodeJwt(token);
  } catch {
    throw new TokenFault('the token is not a JWT');
  }
}

/** An agent whose token was made elsewhere. `read` gives it anew for each call, as a file may be renewed. */
export async function forwardedAgent(
  read: () => Promise<string>,
  canonicalRole: (role: string) => string,
): Promise<Agent> {
  const { id, role } = readToken(await read(), canonicalRole);
  return {
    id,
    role,
    async token() {
      const token = await read();
      const now = readToken(token, canonicalRole);
      // A file that another agent's token was put in does not change whom this session acts for.
      if (now.id !== id || now.role !== role) throw new TokenFault('the token is another agent’s: begin a new session');
      return token;
    },
  };
}
