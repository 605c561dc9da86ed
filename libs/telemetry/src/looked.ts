import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';

/** Tells one value of a metric. */
export type Report<Name extends string = string> = (name: Name, value: number, labels?: Attributes) => void;

/** Names of metrics, and what each says. */
export type Described<Name extends string = string> = Readonly<Record<Name, string>>;

interface Look {
  readonly described: Described;
  /** What it has reported when it throws stands; the rest is left out. */
  readonly look: (report: Report) => unknown;
}

/** Metrics that are made of what is found when somebody asks. */
export interface Looked extends MetricProducer {
  add(look: Look): void;
}

/**
 * OpenTelemetry's own observable gauges go on telling what was once observed, also when it is gone or could not be
 * looked up: of a table that was dropped, or a database that is away. Here what is not reported is not told.
 */
export function lookedMetrics(): Looked {
  const looks: Look[] = [];
  const begun = hrTime();
  return {
    add: (look) => void looks.push(look),
    async collect(): Promise<CollectionResult> {
      const found = await Promise.all(looks.map((look) => metricsOf(look, begun)));
      const metrics = found.flatMap((each) => each.metrics);
      return {
        resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'dispatch' }, metrics }] },
        errors: found.flatMap((each) => each.errors),
      };
    },
  };
}

async function metricsOf({ described, look }: Look, startTime: HrTime) {
  const points = new Map<string, DataPoint<number>[]>(Object.keys(described).map((name) => [name, []]));
  const errors: unknown[] = [];
  const report: Report = (name, value, attributes = {}) =>
    void points.get(name)?.push({ startTime, endTime: hrTime(), attributes, value });
  try {
    await look(report);
  } catch (error) {
    errors.push(error);
  }
  const metrics = Object.entries(described).flatMap(([name, description]): MetricData[] => {
    const dataPoints = points.get(name) ?? [];
    if (dataPoints.length === 0) return [];
    const descriptor = { name, description, unit: '', valueType: ValueType.DOUBLE };
    const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints };
    return name.endsWith('_total')
      ? [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true }]
      : [{ ...common, dataPointType: DataPointType.GAUGE }];
  });
  return { metrics, errors };
}
