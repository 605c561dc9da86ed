import { type Meters, SECONDS, slidingWindow, tally } from '@dispatch/telemetry';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../error-codes.js';
import { type DispatchRequest, endpointOf } from '../request.js';

/** Rejections that operators are told of when there are many. */
export type RejectionSignal = 'completion' | 'idempotency' | 'access';

const SIGNALS: Readonly<Partial<Record<ErrorCode, RejectionSignal>>> = {
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: 'completion',
  IDEMPOTENCY_PAYLOAD_MISMATCH: 'idempotency',
  AUTH_REQUIRED: 'access',
  INVALID_AUTH_TOKEN: 'access',
  INVALID_AUTH_CLAIMS: 'access',
  MISSING_ACTOR_CONTEXT: 'access',
  INVALID_ACTOR_CONTEXT: 'access',
  FORBIDDEN: 'access',
  TOOL_NOT_ALLOWED: 'access',
  FORBIDDEN_SCOPE: 'access',
};

/** Lasts as long as somebody looks at a page, which says nothing of how fast the service is. */
const STREAM = '/ux/stream';

/** What this process has answered since it started. */
export type RequestCounts = ReturnType<typeof requestCounts>;

/** @param windowMs how long a rejection counts for its signal, in milliseconds */
export function requestCounts(meters: Meters, windowMs: number) {
  const requests = tally('method', 'endpoint', 'status');
  const errors = tally('code');
  const commands = tally('tool', 'outcome');
  const replays = tally();
  const conflicts = tally();
  const recent: Readonly<Record<RejectionSignal, ReturnType<typeof slidingWindow>>> = {
    completion: slidingWindow(windowMs),
    idempotency: slidingWindow(windowMs),
    access: slidingWindow(windowMs),
  };
  meters.counter('dispatch_http_requests_total', 'Requests answered', requests);
  meters.counter(
    'dispatch_http_errors_total',
    'Requests refused or failed, by the code they were answered with',
    errors,
  );
  meters.counter('dispatch_commands_total', 'Commands by outcome: accepted, replayed, refused or failed', commands);
  meters.counter('dispatch_idempotency_replays_total', 'Commands answered from their own first try', replays);
  meters.counter('dispatch_idempotency_conflicts_total', 'Keys that were used again for other content', conflicts);
  const took = meters.distribution(
    'dispatch_http_request_duration_seconds',
    'From the first byte of a request to the last of its answer',
    SECONDS,
  );
  const endpoints = endpointNames();

  return {
    requests,
    errors,
    replays,
    conflicts,
    recent: (signal: RejectionSignal): number => recent[signal].count(),
    /** Counts a request whose answer has been sent. `seconds`: how long that took. */
    answered(request: DispatchRequest, status: number, seconds: number): void {
      const { method, admission, outcome } = request;
      const endpoint = endpoints(request);
      requests.add(method, endpoint.labels.endpoint, String(status));
      if (endpoint.labels.endpoint !== STREAM) took.record(seconds, endpoint.labels);
      const code = outcome?.code;
      if (outcome?.replay) replays.add();
      if (code !== undefined) {
        errors.add(code);
        if (code === 'IDEMPOTENCY_PAYLOAD_MISMATCH') conflicts.add();
        const signal = SIGNALS[code];
        if (signal) recent[signal].add();
      }
      if (admission?.key) commands.add(admission.tool, outcomeOf(status, outcome?.replay));
    },
  };
}

const outcomeOf = (status: number, replay = false): string => {
  if (status < 400) return replay ? 'replayed' : 'accepted';
  return status < 500 ? 'refused' : 'failed';
};

/** A path template in the policy's spelling, with the method: one object a route, for as long as the process lives. */
function endpointNames() {
  const known = new Map<string, { readonly labels: { readonly method: string; readonly endpoint: string } }>();
  return (request: DispatchRequest) => {
    const { method, is404, routeOptions } = request;
    const name = `${method} ${is404 ? undefined : routeOptions.url}`;
    const found = known.get(name);
    if (found) return found;
    const made = { labels: { method, endpoint: endpointOf(request) } };
    known.set(name, made);
    return made;
  };
}

export function countRequests(server: FastifyInstance, counts: RequestCounts): void {
  server.addHook('onResponse', (request, reply, done) => {
    counts.answered(request as DispatchRequest, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}
