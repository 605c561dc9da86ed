/** Who is asking, as a token or the development headers told it. What the actor may do is policy's question. */
export interface Actor {
  /** 1 to 200 characters, none of them a control character or half of a surrogate pair. */
  readonly id: string;
  /** Canonical, after aliases. May be a role that the policy does not know, which then may do nothing. */
  readonly role: string;
  readonly type: ActorType;
  readonly accounts: Scope;
  readonly sites: Scope;
  /** Lower-case UUID. Set only for the role tech: on another role the claim says nothing. */
  readonly technicianId: string | undefined;
}

export type ActorType = 'HUMAN' | 'AGENT' | 'SERVICE' | 'SYSTEM';

/** Everything, or the entities with these lower-case UUIDs. */
export type Scope = '*' | ReadonlySet<string>;

/** The details of FORBIDDEN_SCOPE. */
export interface ScopeBreach {
  readonly scope_field: 'account_id' | 'site_id' | 'technician_id';
  /** The target's id that the actor does not hold; null when a ticket has no technician yet. */
  readonly target_id: string | null;
}

/** What the actor lacks to touch something of this account and site; undefined when both are held. */
export function outsideScope(
  actor: Pick<Actor, 'accounts' | 'sites'>,
  target: {
    readonly accountId: string /** undefined: the target is an account itself. */;
    readonly siteId: string | undefined;
  },
): ScopeBreach | undefined {
  if (!holds(actor.accounts, target.accountId)) return { scope_field: 'account_id', target_id: target.accountId };
  if (target.siteId !== undefined && !holds(actor.sites, target.siteId))
    return { scope_field: 'site_id', target_id: target.siteId };
  return undefined;
}

/**
 * For the tools that a technician may use only on the own tickets: undefined when the ticket is assigned to this
 * technician, or when the actor is not bound to one.
 */
export function outsideAssignment(
  actor: Pick<Actor, 'technicianId'>,
  assignedTechId: string | null,
): ScopeBreach | undefined {
  if (actor.technicianId === undefined || actor.technicianId === assignedTechId) return undefined;
  return { scope_field: 'technician_id', target_id: assignedTechId };
}

function holds(scope: Scope, id: string): boolean {
  return scope === '*' || scope.has(id);
}
