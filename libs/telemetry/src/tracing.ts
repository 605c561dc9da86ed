/** What OpenTelemetry's own variables say of traces. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether anybody is to get traces: an exporter or an endpoint is named. OpenTelemetry itself would take a collector on
 * this machine for granted.
 */
export function tracesWanted(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  const exporters = env['OTEL_TRACES_EXPORTER']?.trim();
  if (exporters) return exporters.split(',').some((name) => name.trim() !== 'none');
  return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim() || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']?.trim());
}

let end: (() => Promise<void>) | undefined;

/**
 * Starts the SDK if traces are wanted; must run before the modules that it instruments are loaded, and so in a script of
 * its own (`node --import`). Without it nothing of the SDK is loaded, and no span is made.
 */
export async function startTracing(env: Environment, service: string): Promise<void> {
  if (!tracesWanted(env)) return;
  const { startSdk } = await import('./sdk.js');
  end = startSdk(env, service);
}

/** Whether spans go anywhere. */
export const isTracing = (): boolean => end !== undefined;

/** Sends what is left. A collector that does not answer holds nobody up. */
export async function endTracing(): Promise<void> {
  await end?.().catch(() => undefined);
}
