import { expect, test } from '@jest/globals';
import { context, SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { fewASecond } from './few-a-second.js';

test('a few are all kept, of many only so many a second', () => {
  let now = 0;
  const sampler = fewASecond(10, () => now);
  const kept = (count: number) => {
    const asked = Array.from({ length: count }, () =>
      sampler.shouldSample(context.active(), '', 'GET', SpanKind.SERVER, {}, []),
    );
    return asked.filter(({ decision }) => decision === SamplingDecision.RECORD_AND_SAMPLED).length;
  };
  expect(kept(3)).toBe(3);
  expect(kept(100)).toBe(7);
  now += 500;
  expect(kept(100)).toBe(5);
  now += 60_000;
  expect(kept(100)).toBe(10);
});
