import { type Actor, outsideAssignment, outsideScope, type ScopeBreach } from '@dispatch/access';

/** What keeps an actor from using a command's tool on a ticket, whatever its state; undefined when nothing does. */
export function outOfReach(
  actor: Actor,
  tool: string,
  { accountId, siteId, assignedTechId }: Reached,
): ScopeBreach | undefined {
  return (
    outsideScope(actor, { accountId, siteId }) ??
    (assignedTechId !== undefined && isFieldWork(tool) ? outsideAssignment(actor, assignedTechId) : undefined)
  );
}

export interface Reached {
  readonly accountId: string;
  readonly siteId: string;
  /** Null before anyone is assigned; undefined where assignment has no bearing. */
  readonly assignedTechId?: string | null;
}

/** The commands that a technician bound by a token may give on the own tickets only (CONTRACT section 3). */
const isFieldWork = (tool: string): boolean => /^(tech|work|closeout)\./.test(tool);
