import { constants, getPriority, setPriority } from 'node:os';

/**
 * Lets every other process have the processor first, for the rest of this one's life: requests and live projections
 * come before a rebuild. A lower priority that it was started with stays.
 */
export function givePrecedence(): void {
  setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
}
