import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, errors, request } from 'undici';

/** One request to the API, the same over all its tries. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; undefined: none. */
  readonly body?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined when the text is no JSON. */
  readonly json: unknown;
}

/** How a request ended: answered, or without an answer. */
export type ApiOutcome = { readonly attempts: number } & (
  | { readonly answer: ApiAnswer }
  | { readonly lost: 'timeout' | 'unreachable' }
);

export interface Patience {
  /** For the whole call, all tries and waits included, in milliseconds. */
  readonly timeoutMs: number;
  /** How often it is tried at most. */
  readonly attempts: number;
}

export interface ApiClient {
  /**
   * Sends a request; again, after a wait, when its answer was lost or says that the service cannot work now. To be
   * used with what is idempotent only: reads, and commands with their key. Rejects when `signal` aborts, and for no
   * other reason.
   */
  send(request: ApiRequest, patience: Patience, signal?: AbortSignal): Promise<ApiOutcome>;
  close(): Promise<void>;
}

/** Says that nothing was decided: a proxy before the service, or the service itself, had no answer. */
const NO_ANSWER = [502, 503, 504];
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** A cockpit page of 200 rows is a quarter of a MiB. */
const LONGEST_ANSWER = 32 * 2 ** 20;

/** `url`: where the API listens, with the path before its own if there is one. */
export function apiClient(url: string): ApiClient {
  const base = url.replace(/\/+$/, '');
  const dispatcher = new Agent({ connections: 64, maxResponseSize: LONGEST_ANSWER });

  /** One try, for so many milliseconds. */
  async function once(sent: ApiRequest, forMs: number, signal?: AbortSignal): Promise<ApiAnswer | Lost> {
    const limit = AbortSignal.timeout(forMs);
    try {
      const { method, path, headers, body } = sent;
      const {
        statusCode,
        headers: received,
        body: answer,
      } = await request(`${base}${path}`, {
        dispatcher,
        method,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body,
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      return { status: statusCode, headers: received, json: parsed(await answer.text()) };
    } catch (error) {
      signal?.throwIfAborted();
      return limit.aborted || isTimeout(error) ? 'timeout' : 'unreachable';
    }
  }

  return {
    async send(sent, { timeoutMs, attempts }, signal) {
      const deadline = performance.now() + timeoutMs;
      // Each try has its share, so that a service that hangs once leaves time for another.
      const share = Math.ceil(timeoutMs / Math.min(attempts, 2));
      for (let attempt = 1; ; attempt++) {
        const left = Math.max(1, Math.ceil(deadline - performance.now()));
        const result = await once(sent, Math.min(share, left), signal);
        const lost = typeof result === 'string';
        const outcome = lost ? { lost: result, attempts: attempt } : { answer: result, attempts: attempt };
        if (!lost && !NO_ANSWER.includes(result.status)) return outcome;
        const wait = lost ? backoff(attempt) : Math.max(backoff(attempt), retryAfterMs(result));
        if (attempt >= attempts || performance.now() + wait >= deadline) return outcome;
        await sleep(wait, undefined, { signal });
      }
    },
    close: () => dispatcher.destroy(),
  };
}

type Lost = 'timeout' | 'unreachable';

const isTimeout = (error: unknown): boolean =>
  error instanceof errors.ConnectTimeoutError ||
  error instanceof errors.HeadersTimeoutError ||
  error instanceof errors.BodyTimeoutError;

/** Doubled each time, with half of it by chance: agents that were cut off together do not come back together. */
function backoff(attempt: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return full / 2 + randomInt(Math.ceil(full / 2));
}

/** Zero where the service names no time, or a date. */
function retryAfterMs({ headers }: ApiAnswer): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
