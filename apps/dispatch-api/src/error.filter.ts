import { randomUUID } from 'node:crypto';
import { EventTooLarge, LogUnavailable } from '@dispatch/event-store';
import { EvidenceStoreUnavailable } from '@dispatch/evidence';
import { type Log, sparing } from '@dispatch/telemetry';
import { parseUuid } from '@dispatch/ticket';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, NotFoundException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiError, errorBody } from './api-error.js';
import { ReadModelsUnavailable } from './reads/reachable.js';
import { type DispatchRequest, header } from './request.js';

/** Sends a refusal, and keeps its code for the log line. */
export function refuse(request: DispatchRequest, reply: FastifyReply, error: ApiError): FastifyReply {
  request.outcome = { ...request.outcome, code: error.code, details: error.details };
  const requestId = parseUuid(header(request, 'idempotency-key')?.trim()) ?? null;
  return reply.status(error.status).headers(error.headers).send(errorBody(error, requestId));
}

/** The outermost edge: whatever was thrown leaves as the contract's error body, and nothing else of it does. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  /** Of what then befalls every request: the log is to say it, not to drown in it. */
  private readonly warn: Log['warn'];

  constructor(
    private readonly log: Log,
    /** Methods of a path that exists; empty when it does not. */
    private readonly methodsOf: (path: string) => readonly string[],
  ) {
    this.warn = sparing(log);
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<DispatchRequest>(), http.getResponse<FastifyReply>()];
    this.answer(thrown, request, reply);
  }

  /** The same for a route that is none of Nest's. */
  answer(thrown: unknown, request: DispatchRequest, reply: FastifyReply): void {
    refuse(request, reply, this.known(thrown, request));
  }

  private known(thrown: unknown, request: DispatchRequest): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (thrown instanceof NotFoundException) return this.unmatched(request);
    if (thrown instanceof LogUnavailable) {
      this.warn({ error_name: thrown.name, reason: thrown.message }, 'the log cannot be reached');
      return new ApiError('SERVICE_UNAVAILABLE', 'The log cannot be reached; send the same request again', {}, RETRY);
    }
    if (thrown instanceof EventTooLarge) {
      this.log.warn({ error_name: thrown.name, reason: thrown.message }, 'the log takes no event so large');
      return new ApiError('PAYLOAD_TOO_LARGE', 'The body is larger than the log takes');
    }
    if (thrown instanceof ReadModelsUnavailable) {
      this.warn({ error_name: thrown.name, reason: thrown.message }, 'the read models cannot be reached');
      return new ApiError('SERVICE_UNAVAILABLE', 'The read models cannot be reached; try again', {}, RETRY);
    }
    if (thrown instanceof EvidenceStoreUnavailable) {
      this.warn({ error_name: thrown.name, reason: thrown.message }, 'the object store cannot be used');
      return new ApiError('SERVICE_UNAVAILABLE', 'The object store cannot be used now; try again', {}, RETRY);
    }
    return fromTransport(thrown) ?? this.unexpected(thrown);
  }

  private unmatched(request: DispatchRequest): ApiError {
    const allowed = this.methodsOf(request.url);
    if (allowed.length === 0) return new ApiError('NOT_FOUND', 'There is no such route');
    const allow = allowed.join(', ');
    return new ApiError('METHOD_NOT_ALLOWED', `This route takes ${allow}`, {}, { headers: { allow } });
  }

  private unexpected(thrown: unknown): ApiError {
    const reference = randomUUID();
    const { name = 'unknown', message = '', stack = '' } = thrown instanceof Error ? thrown : {};
    this.log.error({ reference, error_name: name, reason: message, stack }, 'unexpected error');
    return new ApiError('INTERNAL_ERROR', 'Something went wrong on our side', { reference });
  }
}

const RETRY = { headers: { 'retry-after': '1' } };

/** What the HTTP server itself refuses (a body too large, a wrong length): Nest hands it on as its own exception. */
function fromTransport(thrown: unknown): ApiError | undefined {
  const status = thrown instanceof HttpException ? thrown.getStatus() : undefined;
  if (status === 413) return new ApiError('PAYLOAD_TOO_LARGE', 'The body may have at most 1 MiB');
  if (status !== undefined && status >= 400 && status < 500)
    return new ApiError('INVALID_REQUEST', 'The request is malformed', { fields: [] });
  return undefined;
}
