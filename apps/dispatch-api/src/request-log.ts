import type { Log } from '@dispatch/telemetry';
import { parseUuid } from '@dispatch/ticket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type DispatchRequest, header } from './request.js';

/** One structured line a request, when its answer has been sent. */
export function logRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', async (request: FastifyRequest, reply) => {
    const { admission, outcome, params, span } = request as DispatchRequest;
    log.request({
      request_id: parseUuid(header(request, 'idempotency-key')?.trim()) ?? null,
      correlation_id: admission?.correlationId ?? null,
      trace_id: admission?.traceId ?? span?.traceId ?? null,
      actor_type: admission?.actor.type ?? null,
      actor_id: admission?.actor.id ?? null,
      actor_role: admission?.actor.role ?? null,
      tool_name: admission?.tool ?? null,
      ticket_id: parseUuid(params?.id) ?? null,
      method: request.method,
      endpoint: admission?.endpoint ?? (request.is404 ? 'UNMATCHED' : (request.routeOptions.url ?? 'UNMATCHED')),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      replay: outcome?.replay ?? false,
      error_code: outcome?.code ?? null,
    });
  });
}
