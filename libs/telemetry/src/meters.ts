import type { Attributes } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type IMetricReader, MeterProvider, type MetricProducer, MetricReader } from '@opentelemetry/sdk-metrics';
import { type Described, lookedMetrics, type Report } from './looked.js';
import type { Tally } from './tally.js';

export interface Distribution {
  record(value: number, labels?: Attributes): void;
}

/** The metrics of a process. To count costs a few instructions; what can be looked up is looked up when asked. */
export interface Meters {
  /** A counter that reads a tally. Its name ends in `_total`. */
  counter(name: string, help: string, tally: Pick<Tally<string>, 'counts'>): void;
  /** A distribution with these upper bounds. */
  distribution(name: string, help: string, bounds: readonly number[]): Distribution;
  /**
   * Values that are looked up together whenever somebody asks. A name that ends in `_total` is a counter, any other a
   * gauge. What `look` does not report is not told.
   */
  looked<Name extends string>(described: Described<Name>, look: (report: Report<Name>) => unknown): void;
  /** In Prometheus's text format, or as OpenMetrics. */
  text(format: TextFormat): Promise<string>;
  close(): Promise<void>;
}

export type TextFormat = 'prometheus' | 'openmetrics';

export interface MetersOptions {
  readonly service: string;
  readonly version: string;
  /** Makes readers for more who want to have the metrics; each must be told of the producer. */
  readonly readers?: (producer: MetricProducer) => readonly IMetricReader[];
}

/** Collects when asked, and never by itself. */
class OnDemand extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export function openMeters({ service, version, readers = () => [] }: MetersOptions): Meters {
  const looks = lookedMetrics();
  const reader = new OnDemand({ metricProducers: [looks] });
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  const provider = new MeterProvider({ resource, readers: [reader, ...readers(looks)] });
  const meter = provider.getMeter('dispatch');
  // Without labels and lines that say of every metric where it comes from: the scraper knows.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  return {
    counter(name, help, tally) {
      const look = (report: Report) => {
        for (const { labels, count } of tally.counts()) report(name, count, labels);
      };
      looks.add({ described: { [name]: help }, look });
    },
    distribution: (name, help, bounds) =>
      meter.createHistogram(name, { description: help, advice: { explicitBucketBoundaries: [...bounds] } }),
    looked: (described, look) => looks.add({ described, look }),
    async text(format) {
      const { resourceMetrics } = await reader.collect();
      const text = bucketsFirst(serializer.serialize(resourceMetrics));
      return format === 'prometheus' ? text : asOpenMetrics(text);
    },
    close: () => provider.shutdown(),
  };
}

/** Of a distribution: buckets, sum, count is the order of every other exporter, and some parsers know no other. */
const bucketsFirst = (text: string): string =>
  text.replaceAll(/^(\w+)_count(.*) (\S+)\n(\1_sum.*\n)((?:\1_bucket.*\n)+)/gm, '$5$4$1_count$2 $3\n');

/** A counter's family has the name without `_total`, and the text has an end. */
const asOpenMetrics = (text: string): string =>
  `${text.replaceAll(/^# (HELP|TYPE) (\w+)_total /gm, '# $1 $2 ')}# EOF\n`;

/** Upper bounds for what takes milliseconds as a rule, in seconds. */
export const SECONDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds for numbers of things that go together. */
export const SIZES: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000];
