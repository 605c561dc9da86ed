import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { holdsToken, type OpsSettings, type Readiness } from '@dispatch/process';
import { CONTENT_TYPES, formatFor, type Meters } from '@dispatch/telemetry';

interface Answer {
  readonly status: number;
  /** Text as it stands, or what is sent as JSON. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HealthParts {
  readonly readiness: () => Promise<Readiness>;
  readonly meters: Pick<Meters, 'text'>;
  readonly ops: Pick<OpsSettings, 'guarded' | 'token'>;
}

/** Serves /health, /ready and /metrics, in the API's words, and nothing else. */
export function healthServer({ readiness, meters, ops }: HealthParts): Server {
  const paths = new Map<string, (request: IncomingMessage) => Promise<Answer>>([
    ['/health', async () => ({ status: 200, body: said('ok') })],
    ['/ready', async () => readyAnswer(await readiness())],
    ['/metrics', async ({ headers }) => refusedMetrics(headers.authorization, ops) ?? metrics(headers.accept, meters)],
  ]);
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { method = '', url = '' } = request;
    const path = paths.get(url.split('?')[0] ?? '');
    if (!path) return refusal(404, 'NOT_FOUND', 'There is no such route');
    if (method === 'GET' || method === 'HEAD') return path(request);
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

/** A projector knows no users: whoever wants its numbers holds the operators' token. */
function refusedMetrics(authorization: string | undefined, { guarded, token }: HealthParts['ops']): Answer | undefined {
  if (!guarded || (token !== undefined && holdsToken(authorization, token))) return undefined;
  return authorization === undefined
    ? refusal(401, 'AUTH_REQUIRED', 'A bearer token is required')
    : refusal(401, 'INVALID_AUTH_TOKEN', 'The token is not that of the operators');
}

/** It answers no requests, so there is nothing to be told in the API's JSON: that gets the text, too. */
async function metrics(accept: string | undefined, meters: HealthParts['meters']): Promise<Answer> {
  const asked = formatFor(accept);
  const format = asked === 'json' ? 'prometheus' : asked;
  return { status: 200, body: await meters.text(format), headers: { 'content-type': CONTENT_TYPES[format] } };
}

const refusal = (status: number, code: string, message: string, details: object = {}): Answer => ({
  status,
  body: { error: { code, message, request_id: null, ...details } },
});

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      ...headers,
    })
    .end(text);
}
