import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

const KEEP: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const LEAVE: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * Keeps every trace while there are few, and so many a second when there are more: a single request is always seen, and
 * a load costs no more than that.
 */
export function fewASecond(most: number, now: () => number = () => performance.now()): Sampler {
  let left = most;
  let filled = now();
  return {
    shouldSample() {
      const present = now();
      left = Math.min(most, left + ((present - filled) / 1_000) * most);
      filled = present;
      if (left < 1) return LEAVE;
      left -= 1;
      return KEEP;
    },
    toString: () => `FewASecond{${most}}`,
  };
}
