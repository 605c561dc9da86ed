import { getPriority, setPriority } from 'node:os';

/** A third of what a process without it gets where both want all: enough to come to an end beside a load. */
const NICE = 5;

/**
 * Lets every other process have the processor first, for the rest of this one's life: requests and live projections
 * come before a rebuild and before what the command line is asked for. A lower priority that it was started with stays.
 */
export function givePrecedence(): void {
  setPriority(Math.max(getPriority(), NICE));
}
