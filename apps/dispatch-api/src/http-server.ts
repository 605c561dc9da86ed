import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError, errorBody } from './api-error.js';
import { refuse } from './error.filter.js';
import { BODY_LIMIT } from './json-body.js';
import type { Limits } from './limits.js';
import type { DispatchRequest } from './request.js';

/** Milliseconds in which the headers of a request have to arrive at most. */
const HEADERS_MS = 10_000;
/** How often Node looks for connections that take too long, in milliseconds. */
const LOOK_MS = 1_000;

/** The HTTP server, with bounds on what a client can hold of it. It speaks the contract's error body everywhere. */
export function httpServer({ requestMs, connections, trustedProxies }: Limits): FastifyAdapter {
  const adapter = new FastifyAdapter({
    http: {
      // Said by our own body: see demandHost.
      requireHostHeader: false,
      headersTimeout: Math.min(HEADERS_MS, requestMs),
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(LOOK_MS, requestMs),
    },
    bodyLimit: BODY_LIMIT,
    requestTimeout: requestMs,
    // Without a byte in either direction, also of an answer that nobody takes.
    connectionTimeout: 60_000,
    // Longer than what usual proxies keep a connection for: it is for them to close it.
    keepAliveTimeout: 65_000,
    // What is in flight while the service stops is answered, not refused.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 8_192 },
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) =>
      void reply.status(400).send(errorBody(malformed(), null)),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (socket.writable) socket.end(responseOf(malformed(MESSAGES[error.code ?? ''])));
      else socket.destroy();
    },
  });
  const server: FastifyInstance = adapter.getInstance();
  server.server.maxConnections = connections;
  // Node's own answer to an expectation that it does not know has no body.
  server.server.on('checkExpectation', (request: IncomingMessage) => {
    request.socket.end(responseOf(malformed('The expectation is not one that can be met')));
  });
  return adapter;
}

const malformed = (message = 'The request is malformed') => new ApiError('INVALID_REQUEST', message, { fields: [] });

/** By Node's codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive',
  HPE_HEADER_OVERFLOW: 'The headers are larger than 16 KiB',
};

/** For what cannot be read as a request; it is the last of its connection. */
function responseOf(error: ApiError): string {
  const text = JSON.stringify(errorBody(error, null));
  return [
    'HTTP/1.1 400 Bad Request',
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
}

const noHost = new ApiError(
  'INVALID_REQUEST',
  'The header Host is required',
  { fields: [] },
  { headers: { connection: 'close' } },
);

/** HTTP/1.1 asks for it; Node's own refusal, which ends the connection too, would not be the contract's body. */
export function demandHost(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, next) => {
    if (request.raw.headers.host !== undefined || request.raw.httpVersion === '1.0') next();
    else refuse(request as DispatchRequest, reply, noHost);
  });
}

/**
 * What is answered while the service stops is the last of its connection: one kept alive would hold the stop up. What
 * has not come to its end after `drainMs` is cut off: Node looks after slow clients no more once it stops listening.
 */
export function letConnectionsGoOnStop(server: FastifyInstance, { drainMs }: Limits): void {
  let stopping = false;
  let late: NodeJS.Timeout | undefined;
  server.addHook('preClose', async () => {
    stopping = true;
    late = setTimeout(() => server.server.closeAllConnections(), drainMs);
  });
  server.addHook('onClose', async () => clearTimeout(late));
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
}
