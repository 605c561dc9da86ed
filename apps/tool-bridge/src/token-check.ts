import { hash, randomUUID } from 'node:crypto';
import { type Agent, readToken, TokenFault } from './agent.js';
import type { ApiClient, Patience } from './api-client.js';
import { at } from './api-page.js';
import type { Session } from './mcp-server.js';

/** A session that was opened by a token over HTTP. */
export interface TokenSession extends Session {
  /** Of the token: two tokens are two sessions, whoever they are of. */
  readonly digest: string;
  readonly token: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Why a token opens no session. */
export type Closed =
  | { readonly closed: 'refused'; readonly why: string }
  | { readonly closed: 'full' }
  | { readonly closed: 'api_down' };

export interface TokenSessions {
  /** The session of a token; a new one is opened when the API takes the token. */
  open(token: string): Promise<TokenSession | Closed>;
  readonly count: number;
}

interface Parts {
  readonly api: ApiClient;
  readonly patience: Patience;
  readonly canonicalRole: (role: string) => string;
  readonly isRole: (role: string) => boolean;
  /** At a time. */
  readonly limit: number;
  readonly idleMs: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * A stranger can ask for it with any token: what hangs is let go of soon, so that it takes no place of others. In
 * milliseconds.
 */
const LONGEST_CHECK_MS = 5_000;

/** No ticket has it: asked for, it tells whether a token is taken, and shows and changes nothing. */
const NO_TICKET = '00000000-0000-4000-8000-000000000000';

/**
 * The sessions of tokens. The bridge holds no key to check a token with: the API is asked once, with a read that finds
 * nothing, and checks the token again with every call.
 */
export function tokenSessions(parts: Parts): TokenSessions {
  const { api, patience, canonicalRole, isRole, limit, idleMs, clock } = parts;
  const brief = { timeoutMs: Math.min(patience.timeoutMs, LONGEST_CHECK_MS), attempts: Math.min(patience.attempts, 2) };
  const open = new Map<string, { readonly session: TokenSession; until: number }>();
  const opening = new Map<string, Promise<TokenSession | Closed>>();

  function forgetIdle(now: number): void {
    for (const [digest, { session, until }] of open)
      if (until <= now || session.expires * 1000 <= now) open.delete(digest);
  }

  async function begin(token: string, digest: string): Promise<TokenSession | Closed> {
    let agent: Agent & { readonly expires: number };
    try {
      const claims = readToken(token, canonicalRole);
      agent = { ...claims, token: async () => token };
    } catch (error) {
      if (error instanceof TokenFault) return { closed: 'refused', why: error.message };
      throw error;
    }
    if (agent.expires * 1000 <= clock()) return { closed: 'refused', why: 'the token has expired' };
    if (!isRole(agent.role)) return { closed: 'refused', why: 'the token has a role that there is not' };
    const headers = { authorization: `Bearer ${token}`, 'x-correlation-id': randomUUID() };
    const outcome = await api.send({ method: 'GET', path: `/tickets/${NO_TICKET}`, headers }, brief);
    if (!('answer' in outcome) || outcome.answer.status >= 500) return { closed: 'api_down' };
    const code = at(outcome.answer.json, 'error', 'code');
    if (code !== 'TICKET_NOT_FOUND')
      return {
        closed: 'refused',
        why: `the service does not take the token${typeof code === 'string' ? `: ${code}` : ''}`,
      };
    return { agent, correlationId: randomUUID(), digest, token, expires: agent.expires };
  }

  return {
    async open(token) {
      const now = clock();
      const digest = hash('sha256', token, 'base64url');
      const known = open.get(digest);
      if (known && known.until > now) {
        known.until = now + idleMs;
        return known.session;
      }
      forgetIdle(now);
      const pending = opening.get(digest);
      if (pending) return pending;
      if (open.size + opening.size >= limit) return { closed: 'full' };
      const begun = begin(token, digest).finally(() => opening.delete(digest));
      opening.set(digest, begun);
      const session = await begun;
      if (!('closed' in session)) open.set(digest, { session, until: clock() + idleMs });
      return session;
    },
    get count() {
      forgetIdle(clock());
      return open.size;
    },
  };
}
