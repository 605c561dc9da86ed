import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { TokenSession } from './token-check.js';

/** Sessions of the protocol before 2026-07-28: a client opens one, and names it in every request. */
export interface LegacySessions {
  /** Whether the session is one of this token. */
  belongs(id: string, owner: TokenSession): boolean;
  serve(request: Request, owner: TokenSession, auth: AuthInfo): Promise<Response>;
  close(): Promise<void>;
}

interface Parts {
  readonly serverFor: (session: TokenSession) => Server;
  /** At a time, of all tokens together. */
  readonly limit: number;
  readonly idleMs: number;
  readonly bodyLimit: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** No token may take all the room there is. */
const SESSIONS_A_TOKEN = 10;

interface Live {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly owner: TokenSession;
  until: number;
}

export function legacySessions({ serverFor, limit, idleMs, bodyLimit, clock }: Parts): LegacySessions {
  const live = new Map<string, Live>();

  const isOver = ({ owner, until }: Live): boolean => until <= clock() || owner.expires * 1000 <= clock();

  async function sweep(): Promise<void> {
    for (const one of [...live.values()]) if (isOver(one)) await one.transport.close();
  }

  async function opened(owner: TokenSession): Promise<WebStandardStreamableHTTPServerTransport | Response> {
    await sweep();
    const own = [...live.values()].filter((one) => one.owner.digest === owner.digest).length;
    if (live.size >= limit || own >= SESSIONS_A_TOKEN)
      return refusal(503, -32000, 'There are too many sessions: close one, or come again later', {
        'retry-after': '30',
      });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      maxRequestBodySize: bodyLimit,
      onsessioninitialized: (id) => void live.set(id, { transport, owner, until: clock() + idleMs }),
    });
    await serverFor({ ...owner, correlationId: randomUUID() }).connect(transport);
    const closed = transport.onclose;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) live.delete(transport.sessionId);
      closed?.();
    };
    return transport;
  }

  return {
    belongs(id, owner) {
      const one = live.get(id);
      return one !== undefined && !isOver(one) && one.owner.digest === owner.digest;
    },
    async serve(request, owner, authInfo) {
      const id = request.headers.get('mcp-session-id');
      const known = id === null ? undefined : live.get(id);
      if (known) {
        known.until = clock() + idleMs;
        return known.transport.handleRequest(request, { authInfo });
      }
      const body: unknown =
        request.method === 'POST'
          ? await request
              .clone()
              .json()
              .catch(() => undefined)
          : undefined;
      if (!isInitializeRequest(body))
        return refusal(400, -32000, 'A session must be opened first: send initialize, and name the session afterwards');
      const transport = await opened(owner);
      return transport instanceof Response
        ? transport
        : transport.handleRequest(request, { authInfo, parsedBody: body });
    },
    async close() {
      for (const { transport } of [...live.values()]) await transport.close();
    },
  };
}

/** A JSON-RPC error that answers no request in particular. */
export const refusal = (
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response => Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
