import type { Actor, Named } from '@dispatch/access';
import type { Asked } from '@dispatch/commands';
import type { Json } from '@dispatch/event-store';
import type { RequestSpan } from '@dispatch/telemetry';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import type { ErrorCode } from './error-codes.js';

/** What the guard has found out about a request before a controller sees it. */
export interface Admission {
  readonly actor: Actor;
  /** The tool of the endpoint. */
  readonly tool: string;
  /** Method and path template: the endpoint part of a command's identity. */
  readonly endpoint: string;
  /** Undefined for reads. */
  readonly key: Uuid | undefined;
  readonly correlationId: string;
  readonly traceId: string | null;
}

export interface DispatchRequest extends FastifyRequest {
  body: Json | undefined;
  params: Record<string, string>;
  query: Record<string, string | string[]>;
  /** Set by the guard. */
  admission?: Admission;
  /** Who was recognised, or whom a request names that is refused. */
  askedBy?: Named;
  /** Where the request is part of a trace that is kept. */
  span?: RequestSpan;
  /** For the log line, the metrics and the record of refused attempts. */
  outcome?: { code?: ErrorCode; details?: object; replay?: boolean };
}

export function admissionOf(request: DispatchRequest): Admission {
  if (!request.admission) throw new Error('a route without a tool: every controller method needs @UsesTool');
  return request.admission;
}

/** A command's request as the log is to remember it, by the one who was admitted. */
export function askedOf(request: DispatchRequest): Asked & { readonly actor: Actor } {
  const { actor, tool, endpoint, key, correlationId, traceId } = admissionOf(request);
  if (!key) throw new Error(`${tool} is a command and has no Idempotency-Key`);
  const path = Object.fromEntries(Object.entries(request.params).map(([name, id]) => [name, id.toLowerCase()]));
  const body = request.body === undefined ? {} : request.body;
  const traceparent = request.span?.traceparent;
  return { tool, endpoint, actor, key, path, body, correlationId, traceId, traceparent };
}

/** The template of the path in the policy's spelling, `UNMATCHED` for an unknown route: never the path itself. */
export const endpointOf = ({ is404, routeOptions }: FastifyRequest): string =>
  is404 ? 'UNMATCHED' : (routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? 'UNMATCHED');

/** What is wrong with an id of the path. */
export const notUuid = (field: string) => ({ field, message: `${field} must be a UUID` });

/** The ticket that the path names. @throws INVALID_TICKET_ID */
export function ticketIdIn({ params }: DispatchRequest): Uuid {
  const id = parseUuid(params.id);
  if (id) return id;
  const fault = notUuid('id');
  throw new ApiError('INVALID_TICKET_ID', fault.message, { fields: [fault] });
}

/** The one value of a header; undefined when it is absent. Repeated ones come joined with commas by Node. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
