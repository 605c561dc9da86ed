import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** Work waits; the SLA clock waits with it. */
export const hold: Rule<'work.hold'> = ({ reasonCode, note }) => accept('WorkHeld', { reasonCode, note });
