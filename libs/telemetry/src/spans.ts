import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { isTracing } from './tracing.js';

const tracer = trace.getTracer('dispatch');

/** Links of one span at most: OpenTelemetry keeps no more. */
const MOST_LINKS = 128;

/** A request as a span, from its first byte to the last of its answer. Undefined where it is not to be kept. */
export interface RequestSpan {
  readonly traceId: string;
  /** W3C trace context of this span, as it is kept in an event's metadata. */
  readonly traceparent: string;
  /** Runs with this span as the parent of what is made meanwhile. */
  within(work: () => void): void;
  end(name: string, status: number, attributes: Attributes): void;
}

/** The span of a request, as a part of its sender's trace where it comes with one. */
export function requestSpan(headers: Readonly<Record<string, unknown>>, method: string): RequestSpan | undefined {
  if (!isTracing()) return undefined;
  const from = propagation.extract(ROOT_CONTEXT, headers);
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, from);
  if (!span.isRecording()) return undefined;
  const here = span.spanContext();
  return {
    traceId: here.traceId,
    traceparent: `00-${here.traceId}-${here.spanId}-01`,
    within: (work) => context.with(trace.setSpan(ROOT_CONTEXT, span), work),
    end(name, status, attributes) {
      span.updateName(name);
      span.setAttributes({ ...attributes, 'http.request.method': method, 'http.response.status_code': status });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Does the work as a part of the span that is active; without one there is nothing that it would be part of. */
export async function asPart<T>(name: string, attributes: Attributes, work: (span?: Span) => Promise<T>): Promise<T> {
  return isTracing() && trace.getActiveSpan()
    ? inSpan(name, SpanKind.INTERNAL, attributes, context.active(), [], work)
    : work();
}

/**
 * Does work that serves many at once, each told by the W3C trace context that was kept of it: as a part of the first
 * one's trace, with a link to every one, or outside of any when none is kept. `traceparents` is asked only while traces
 * are made.
 */
export async function forMany<T>(
  name: string,
  kind: 'internal' | 'consumer',
  traceparents: () => readonly unknown[],
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  if (!isTracing()) return work();
  const links: Link[] = [];
  for (const kept of traceparents()) {
    const spanContext = spanContextOf(kept);
    if (spanContext && links.push({ context: spanContext }) === MOST_LINKS) break;
  }
  const [first] = links;
  // Not as a part of whatever happens to be active: who comes first starts the work for all.
  if (!first) return context.with(ROOT_CONTEXT, work);
  const parent = trace.setSpanContext(ROOT_CONTEXT, first.context);
  const spanKind = kind === 'internal' ? SpanKind.INTERNAL : SpanKind.CONSUMER;
  return inSpan(name, spanKind, attributes, parent, links, work);
}

async function inSpan<T>(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  parent: Context,
  links: Link[],
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { kind, attributes, links }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    // Its message may quote what was asked for; the log line has it where it may stand.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    span.end();
  }
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/;

/** Of a span that was kept, maybe by another process; undefined for anything else. */
function spanContextOf(traceparent: unknown): SpanContext | undefined {
  const [, traceId, spanId] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  return traceId && spanId ? { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true } : undefined;
}
