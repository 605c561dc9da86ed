import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { envDetector, hostDetector, serviceInstanceIdDetector } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { fewASecond } from './few-a-second.js';

/** Traces that begin here, a second, where no OTEL_TRACES_SAMPLER says otherwise. */
const BEGUN_A_SECOND = 50;
/** How long the end of the process waits for a collector, in milliseconds. */
const LAST_MS = 3_000;

/**
 * The SDK as OpenTelemetry's variables have it, with spans for what is asked of Postgres on behalf of a span. Answers how
 * to end it.
 */
export function startSdk(env: Readonly<Record<string, string | undefined>>, service: string): () => Promise<void> {
  const named = env['OTEL_SERVICE_NAME'] ?? /\bservice\.name=/.test(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const sdk = new NodeSDK({
    ...(named ? {} : { serviceName: service }),
    ...(env['OTEL_TRACES_SAMPLER'] ? {} : { sampler: new ParentBasedSampler({ root: fewASecond(BEGUN_A_SECOND) }) }),
    // Not those that tell the command line, which is long and always the same.
    resourceDetectors: [envDetector, serviceInstanceIdDetector, hostDetector],
    instrumentations: [new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true })],
    // Metrics have a provider of their own, which is always there; log lines go to standard output.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return () => {
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref());
    return Promise.race([sdk.shutdown(), timeout]);
  };
}
