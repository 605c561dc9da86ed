import type { Checklist, Window } from './commands.js';
import type { Completion, OpenedApproval } from './events.js';
import type { ActorId, Cents, Instant, OpenObject, TechId, TicketId, Uuid } from './kernel.js';
import type { Priority, State } from './vocabulary.js';

/** A ticket as its events leave it: what decisions and answers need, nothing more. */
export interface Ticket {
  readonly id: TicketId;
  readonly accountId: Uuid;
  readonly siteId: Uuid;
  readonly assetId: Uuid | null;
  readonly state: State;
  readonly priority: Priority;
  readonly incidentType: string | null;
  readonly summary: string;
  readonly description: string | null;
  /** Not to exceed: what the customer has authorised. */
  readonly nteCents: Cents;
  readonly currency: 'USD';
  readonly riskFlags: readonly string[];
  readonly window: Window | null;
  readonly scheduleOptions: readonly Window[];
  readonly assignedProviderId: Uuid | null;
  readonly assignedTechId: TechId | null;
  /** In the order they were asked for; at most the last is PENDING. */
  readonly approvals: readonly Approval[];
  readonly evidence: readonly Evidence[];
  /** The checklist as last recorded or declared. */
  readonly checklist: { readonly items: Checklist; readonly noSignatureReason: string | null } | null;
  /** The last completion that was accepted. */
  readonly completion: Completion | null;
  /** The stream's revision. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface Approval extends OpenedApproval {
  readonly status: 'PENDING' | 'APPROVED' | 'DENIED';
  readonly requestedAt: Instant;
}

export interface Evidence {
  readonly id: Uuid;
  readonly kind: string;
  readonly uri: string;
  readonly evidenceKey: string | null;
  readonly checksum: string | null;
  readonly metadata: OpenObject;
  readonly withdrawn: boolean;
  readonly createdBy: ActorId;
  readonly createdAt: Instant;
}

/** Where and when an event stands, and by whom it was made: what evolve takes from the envelope. */
export interface Stamp {
  readonly ticketId: TicketId;
  readonly revision: number;
  readonly at: Instant;
  readonly by: ActorId;
}
