import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
} from '@modelcontextprotocol/server';
import { refusal } from './legacy-sessions.js';
import type { Closed, TokenSession, TokenSessions } from './token-check.js';

/** The caller of a request, or the answer that says why there is none. */
export async function admit(authorization: string | undefined, tokens: TokenSessions): Promise<AuthInfo | Response> {
  let closed: Closed | undefined;
  const verifyAccessToken = async (token: string): Promise<AuthInfo> => {
    const session = await tokens.open(token);
    if (!('closed' in session))
      return { token, clientId: session.agent.id, scopes: [], expiresAt: session.expires, extra: { session } };
    closed = session;
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'why' in session ? session.why : 'no session');
  };
  try {
    return await verifyBearerToken(authorization, { verifier: { verifyAccessToken } });
  } catch (error) {
    if (closed?.closed === 'full')
      return refusal(503, -32000, 'There are too many sessions: come again later', { 'retry-after': '30' });
    if (closed?.closed === 'api_down')
      return refusal(503, -32000, 'DISPATCH_API_UNREACHABLE: no token can be checked now', { 'retry-after': '5' });
    return bearerAuthChallengeResponse(error);
  }
}

/** The session that {@link admit} found for a request. */
export function sessionOf(auth: AuthInfo | undefined): TokenSession {
  const session = auth?.extra?.['session'];
  if (!isSession(session)) throw new Error('a request without a session reached the tools');
  return session;
}

const isSession = (value: unknown): value is TokenSession =>
  typeof value === 'object' && value !== null && 'digest' in value && 'agent' in value;
