import { requestSpan } from '@dispatch/telemetry';
import type { FastifyInstance } from 'fastify';
import { type DispatchRequest, endpointOf } from '../request.js';

/** Probes and scrapes come every few seconds, and tell nothing; what a stream tells goes on for others after it ends. */
const UNTRACED = new Set(['/health', '/ready', '/metrics', '/ux/stream']);

/** A span a request, named by its endpoint. What a handler does is done within it. */
export function traceRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const traced = request as DispatchRequest;
    if (!UNTRACED.has(request.routeOptions.url ?? '')) traced.span = requestSpan(request.headers, request.method);
    done();
  });
  // Once the body is there: what is done for it is not done on behalf of whoever reads the socket.
  server.addHook('preValidation', (request, _reply, done) => {
    const { span } = request as DispatchRequest;
    if (span) span.within(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { span, admission, outcome, method } = request as DispatchRequest;
    if (span) {
      const route = endpointOf(request);
      span.end(`${method} ${route}`, reply.statusCode, {
        'http.route': route,
        'dispatch.tool': admission?.tool,
        'dispatch.correlation_id': admission?.correlationId,
        'dispatch.replayed': outcome?.replay,
        'error.type': outcome?.code,
      });
    }
    done();
  });
}
