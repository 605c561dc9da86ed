import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** Work goes on, or needs another visit. The assignment stays either way. */
export const resume: Rule<'work.resume'> = ({ returnVisit, note }) =>
  accept('WorkResumed', { outcome: returnVisit ? 'READY_TO_SCHEDULE' : 'IN_PROGRESS', note: note ?? null });
