import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** What is done with a request on its way to the API. */
export type Fate =
  | 'pass'
  /** The API does it; its answer is lost. */
  | 'lose'
  /** The API does it; nothing ever comes back. */
  | 'hang'
  /** It never reaches the API. */
  | 'cut'
  /** Answered in the API's stead. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

export interface Proxy {
  readonly url: string;
  /** Where requests go. */
  target: string;
  /** Of the requests to come, in turn; `pass` when they are used up. */
  fates: Fate[];
  /** Requests that came in so far. */
  readonly seen: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Waited for before a request goes on. */
  gate: Promise<void>;
  /** Called when the API has done what is lost, before the client knows. */
  onLost: () => Promise<void>;
  close(): Promise<void>;
}

/** A way to the API on which answers are lost, as on a bad network or through a restart. */
export async function startProxy(target: string): Promise<Proxy> {
  const seen: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
  const proxy = { target, fates: [] as Fate[], seen, onLost: async () => {}, gate: Promise.resolve() };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    seen.push({ method, path, headers });
    const chunks = await incoming.toArray();
    const fate = proxy.fates.shift() ?? 'pass';
    await proxy.gate;
    if (fate === 'cut') return void response.destroy();
    if (typeof fate === 'object') return void response.writeHead(fate.status, fate.headers).end(fate.body);
    const outgoing = request(new URL(path, proxy.target), { method, headers, agent: false });
    outgoing.end(Buffer.concat(chunks as Buffer[]));
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const body = Buffer.concat((await answer.toArray()) as Buffer[]);
    if (fate === 'pass') return void response.writeHead(answer.statusCode ?? 500, answer.headers).end(body);
    await proxy.onLost();
    if (fate === 'lose') response.destroy();
  }

  const server = createServer((incoming, response) => {
    // The API away is a connection that breaks.
    handle(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  });
}
