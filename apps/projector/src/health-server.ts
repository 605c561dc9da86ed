import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readiness } from '@dispatch/process';

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves /health and /ready, in the API's words, and nothing else. */
export function healthServer(readiness: () => Promise<Readiness>): Server {
  const paths = new Map<string, () => Promise<Answer>>([
    ['/health', async () => ({ status: 200, body: said('ok') })],
    ['/ready', async () => readyAnswer(await readiness())],
  ]);
  const answer = async ({ method = '', url = '' }: IncomingMessage): Promise<Answer> => {
    const path = paths.get(url.split('?')[0] ?? '');
    if (!path) return refusal(404, 'NOT_FOUND', 'There is no such route');
    if (method === 'GET' || method === 'HEAD') return path();
    const allow = 'GET, HEAD';
    return { ...refusal(405, 'METHOD_NOT_ALLOWED', `This route takes ${allow}`), headers: { allow } };
  };
  return createServer({ requestTimeout: 30_000 }, (request, response) => {
    request.resume();
    void answer(request).then((said) => send(response, said));
  });
}

const said = (status: string): object => ({ status, service: 'dispatch-projector', now: new Date().toISOString() });

function readyAnswer(answer: Readiness): Answer {
  if (answer.ready) return { status: 200, body: { ...said('ready'), parked_keys: answer.parkedKeys } };
  return refusal(503, 'SERVICE_UNAVAILABLE', 'Not ready', { reason: answer.reason });
}

const refusal = (status: number, code: string, message: string, details: object = {}): Answer => ({
  status,
  body: { error: { code, message, request_id: null, ...details } },
});

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      ...headers,
    })
    .end(text);
}
