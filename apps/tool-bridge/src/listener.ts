import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** How long requests in flight may go on once the bridge is to stop, in milliseconds. */
const GRACE_MS = 10_000;
/** Longer than clients and proxies keep an idle connection: one that we close first may take a request with it. */
const KEEP_ALIVE_MS = 65_000;
/** The longest JWT that the API takes has 8 KiB. */
const HEADERS_LIMIT = 16 * 1024;

export interface Listener {
  /** `host:port`, as a URL has it. */
  readonly authority: string;
  /** Takes no new request, answers what is in flight, then runs `end` and lets go of every connection. */
  close(end: () => Promise<void>): Promise<void>;
}

/** Listens for HTTP requests; port 0 takes any free one. */
export async function listen(
  host: string,
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  onFault: (error: unknown) => void,
): Promise<Listener> {
  const limits = { maxHeaderSize: HEADERS_LIMIT, headersTimeout: 10_000, requestTimeout: 30_000 };
  let inFlight = 0;
  const server = createServer({ ...limits, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const counts = isAnsweredSoon(request);
    if (counts) inFlight += 1;
    response.once('close', () => {
      if (counts) inFlight -= 1;
      server.emit('answered');
    });
    answer(request, response).catch((error: unknown) => {
      onFault(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const address = host.replace(/^\[|\]$/g, '');
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound ? bound.port : port;

  return {
    authority: `${address.includes(':') ? `[${address}]` : address}:${boundPort}`,
    async close(end) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const grace = AbortSignal.timeout(GRACE_MS);
      while (inFlight > 0 && !grace.aborted) await once(server, 'answered', { signal: grace }).catch(() => undefined);
      await end();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Streams of notifications stay open by intention. */
const isAnsweredSoon = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'GET' && headers['mcp-method'] !== 'subscriptions/listen';

/** Sends an answer that needs no request body; what is still to come of one is not waited for. */
export async function reply(response: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), 'content-length': body.length, connection: 'close' };
  response.writeHead(answer.status, headers);
  response.end(body);
}
