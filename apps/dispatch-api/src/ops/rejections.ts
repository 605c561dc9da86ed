import { parseUuid } from '@dispatch/ticket';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../error-codes.js';
import { type DispatchRequest, endpointOf } from '../request.js';

/** A request that was refused or failed: ids, names and numbers, as in its log line. */
export interface Rejection {
  /** RFC 3339. */
  readonly at: string;
  readonly code: ErrorCode;
  readonly method: string;
  /** The path template. */
  readonly endpoint: string;
  readonly status: number;
  readonly actor_role: string | null;
  readonly tool_name: string | null;
  readonly ticket_id: string | null;
}

/** What this process has refused of late, newest first. */
export interface Rejections {
  readonly since: string;
  latest(limit: number): readonly Rejection[];
}

/** So many are remembered, and no more. */
export const REMEMBERED = 500;

export function rememberRejections(server: FastifyInstance, clock: () => number): Rejections {
  const instant = () => new Date(clock()).toISOString();
  const since = instant();
  const ring: Rejection[] = [];
  server.addHook('onResponse', (request, reply, done) => {
    const { outcome, admission, method, params } = request as DispatchRequest;
    if (outcome?.code !== undefined) {
      const endpoint = endpointOf(request);
      ring.push({
        at: instant(),
        code: outcome.code,
        method,
        endpoint,
        status: reply.statusCode,
        actor_role: admission?.actor.role ?? null,
        tool_name: admission?.tool ?? null,
        ticket_id: endpoint.startsWith('/tickets/') ? (parseUuid(params.id) ?? null) : null,
      });
      if (ring.length > REMEMBERED) ring.shift();
    }
    done();
  });
  return { since, latest: (limit) => ring.slice(-limit).reverse() };
}
