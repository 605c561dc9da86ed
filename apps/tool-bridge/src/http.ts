import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { admit, sessionOf } from './admission.js';
import type { ServeHttp } from './config.js';
import type { Bridge } from './invoke.js';
import { legacySessions, refusal } from './legacy-sessions.js';
import { listen, reply } from './listener.js';
import { mcpServer, type Session } from './mcp-server.js';
import { tokenSessions } from './token-check.js';

export interface HttpBridge {
  /** Where MCP clients go. */
  readonly url: string;
  /** Takes no new request, answers what is in flight, then ends every session. */
  close(): Promise<void>;
}

type Serve = (request: Request, auth: AuthInfo) => Promise<Response>;

/** Serves MCP over streamable HTTP at /mcp, to clients of the protocol's present version and the ones before it. */
export async function serveHttp(bridge: Bridge, settings: ServeHttp, version: string): Promise<HttpBridge> {
  const { surface, api, patience, log } = bridge;
  const { policy } = surface;
  const { sessions: limit, sessionIdleMs: idleMs, bodyLimit: maxRequestBodySize } = settings;
  const clock = Date.now;
  const onerror = ({ message }: Error) =>
    log.warn({ error: message.slice(0, 200) }, 'a request was not as the protocol has it');

  const serverFor = (session: Session) => mcpServer(bridge, session, version);
  const modern = createMcpHandler(({ authInfo }) => serverFor(sessionOf(authInfo)), {
    legacy: 'reject',
    maxRequestBodySize,
    maxSubscriptions: limit,
    onerror,
  });
  const legacy = legacySessions({ serverFor, limit, idleMs, bodyLimit: maxRequestBodySize, clock });
  const serve: Serve = async (request, auth) => {
    const owner = sessionOf(auth);
    const named = request.headers.get('mcp-session-id');
    if (named !== null && !legacy.belongs(named, owner)) return refusal(404, -32001, NOT_YOURS);
    const isLegacy = await isLegacyRequest(request, undefined, { maxRequestBodySize });
    return isLegacy ? legacy.serve(request, owner, auth) : modern.fetch(request, { authInfo: auth });
  };

  const tokens = tokenSessions({
    api,
    patience,
    canonicalRole: policy.canonicalRole,
    isRole: (role) => policy.roles.includes(role),
    limit,
    idleMs,
    clock,
  });
  const node = toNodeHandler({ fetch: admitted(serve) }, { maxRequestBodySize, onerror });
  const isHost = hostHeaderValidation([...settings.allowedHosts]);
  const isOrigin = originValidation([...settings.allowedOrigins]);

  async function answer(request: IncomingMessage & { auth?: AuthInfo }, response: ServerResponse): Promise<void> {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    const path = request.url?.replace(/\?.*/s, '');
    if (path === '/health' && request.method === 'GET') return reply(response, Response.json(HEALTHY));
    if (!isHost(request, response) || !isOrigin(request, response)) return;
    if (path !== '/mcp') return reply(response, refusal(404, -32000, 'MCP is served at /mcp'));
    // Before the body is read: a stranger's body is none of ours.
    const auth = await admit(request.headers.authorization, tokens);
    if (auth instanceof Response) return reply(response, auth);
    request.auth = auth;
    return node(request, response);
  }

  const listener = await listen(settings.host, settings.port, answer, (error) =>
    log.warn({ error: String(error).slice(0, 200) }, 'a request failed'),
  );
  return {
    url: `http://${listener.authority}/mcp`,
    close: () =>
      listener.close(async () => {
        await legacy.close();
        await modern.close();
      }),
  };
}

const HEALTHY = { status: 'ok', service: 'dispatch-tools' };
const NOT_YOURS = 'This token has no such session. A session belongs to the token that opened it: open one with yours';

/** A request reaches the protocol with its caller, or not at all. */
const admitted =
  (serve: Serve) =>
  async (request: Request, options?: { readonly authInfo?: AuthInfo }): Promise<Response> => {
    if (!options?.authInfo) throw new Error('a request without a caller');
    return serve(request, options.authInfo);
  };
