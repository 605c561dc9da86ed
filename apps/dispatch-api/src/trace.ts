import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.js';
import { type DispatchRequest, header } from './request.js';

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const NO_TRACE = '0'.repeat(32);
const PRINTABLE = /^[\x21-\x7e]{1,200}$/;

/** The client's correlation id, or a new one. */
export function correlationOf(request: DispatchRequest): string {
  return printable(request, 'x-correlation-id') ?? randomUUID();
}

/**
 * The trace id of a W3C traceparent (one that is malformed is ignored, as the standard asks), else X-Trace-Id, else that
 * of the trace that the request begins here.
 */
export function traceOf(request: DispatchRequest): string | null {
  const traceId = TRACEPARENT.exec(header(request, 'traceparent') ?? '')?.[1];
  if (traceId && traceId !== NO_TRACE) return traceId;
  return printable(request, 'x-trace-id') ?? request.span?.traceId ?? null;
}

function printable(request: DispatchRequest, name: string): string | undefined {
  const value = header(request, name);
  if (value === undefined || PRINTABLE.test(value)) return value;
  const message = `${name} must be 1 to 200 printable ASCII characters without spaces`;
  throw new ApiError('INVALID_REQUEST', message, { fields: [{ field: name, message }] });
}
