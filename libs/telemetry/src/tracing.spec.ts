import { expect, test } from '@jest/globals';
import { isTracing, startTracing, tracesWanted } from './tracing.js';

test.each<[boolean, Record<string, string>]>([
  [false, {}],
  [false, { OTEL_TRACES_EXPORTER: 'none' }],
  [false, { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
  [false, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  [false, { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' }],
  [false, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318' }],
  [true, { OTEL_TRACES_EXPORTER: 'otlp' }],
  [true, { OTEL_TRACES_EXPORTER: 'none, console' }],
  [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
  [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }],
])('traces are wanted: %s by %o', (wanted, env) => {
  expect(tracesWanted(env)).toBe(wanted);
});

test('without a wish for traces nothing is started', async () => {
  await startTracing({}, 'dispatch-api');
  expect(isTracing()).toBe(false);
});
