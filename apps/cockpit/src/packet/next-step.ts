import type { Expected, May, Missing } from './expected.js';

/** The one thing to do now. */
export type NextStep =
  | { readonly do: 'tool'; readonly tool: string }
  | { readonly do: 'supply'; readonly missing: Missing; readonly left: number }
  /** Nothing is to be done by whoever looks at it. */
  | { readonly do: 'wait' };

/** In the order of a visit; the first that may be done is the next one. */
const WAY = ['tech.check_in', 'work.resume'] as const;

/** `can`: what may be done, by tool. What is missing for the closeout does not count against completing here. */
export function nextStep(expected: Expected, can: (tool: string) => May | undefined): NextStep {
  const tool = WAY.find((one) => can(one)?.enabled);
  if (tool) return { do: 'tool', tool };
  // The checklist can be recorded exactly while work goes on: then the closeout is what is left to do.
  if (!can('closeout.record_checklist')?.enabled) return { do: 'wait' };
  const [missing] = expected.missing;
  return missing ? { do: 'supply', missing, left: expected.missing.length } : { do: 'tool', tool: 'tech.complete' };
}
