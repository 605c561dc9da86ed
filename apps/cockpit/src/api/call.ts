import { type Credentials, headersOf } from './credentials.js';

/** What the service refused, as its error body says it (contract, section 3). */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The other members of `error`, such as `fields`, `available_tools` or `policy_error`. */
    readonly details: Readonly<Record<string, unknown>>,
    /** Seconds after which to ask again, where the service names them. */
    readonly retryAfter: number | undefined,
  ) {
    super(message);
  }
}

/** No answer came: offline, cut off, or the service is restarting. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface Answer<T> {
  readonly body: T;
  /** Log position the answer reflects, for Dispatch-Min-Position of what is read next. */
  readonly position: string | undefined;
  /** True when read models did not reach in time what this client had written. */
  readonly stale: boolean;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: unknown;
  /** A UUID; every command needs one, and the same one when it is sent again. */
  readonly idempotencyKey?: string;
  /** The version that was seen; the command is refused where the ticket has another by then. */
  readonly ifVersion?: number | undefined;
  readonly minPosition?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * One request to the API.
 *
 * @throws {Refused} for every answer that is no success
 * @throws {Unreachable} when there was none
 */
export async function call<T>(
  credentials: Credentials | undefined,
  path: string,
  request: Call = {},
): Promise<Answer<T>> {
  const response = await send(credentials, path, request);
  const text = await response.text().catch(unreachable);
  if (!response.ok) throw refusal(response, text);
  return {
    body: (text ? JSON.parse(text) : undefined) as T,
    position: response.headers.get('dispatch-position') ?? undefined,
    stale: response.headers.get('dispatch-stale') === 'true',
  };
}

function send(credentials: Credentials | undefined, path: string, request: Call): Promise<Response> {
  const headers: Record<string, string> = credentials ? headersOf(credentials) : {};
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (request.idempotencyKey) headers['idempotency-key'] = request.idempotencyKey;
  if (request.ifVersion !== undefined) headers['if-match'] = `"${request.ifVersion}"`;
  if (request.minPosition) headers['dispatch-min-position'] = request.minPosition;
  return fetch(path, {
    method: request.method ?? 'GET',
    headers,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    ...(request.signal ? { signal: request.signal } : {}),
  }).catch(unreachable);
}

function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw new Unreachable('The service did not answer.', { cause: error });
}

/** A proxy between may answer with something else than the error body; then the status speaks. */
function refusal(response: Response, text: string): Refused {
  const { code, message, ...details } = errorOf(text);
  return new Refused(
    response.status,
    typeof code === 'string' ? code : 'UNEXPECTED_ANSWER',
    typeof message === 'string' ? message : `The service answered ${response.status}.`,
    details,
    Number(response.headers.get('retry-after')) || undefined,
  );
}

function errorOf(text: string): Record<string, unknown> {
  try {
    const body = JSON.parse(text) as { error?: Record<string, unknown> } | null;
    return body?.error ?? {};
  } catch {
    return {};
  }
}
