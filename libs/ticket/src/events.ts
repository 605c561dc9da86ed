import type { Checklist, LineItem, Window } from './commands.js';
import type { ActorId, Cents, Instant, OpenObject, TechId, Uuid } from './kernel.js';
import type {
  ApprovalDecision,
  ApprovalType,
  DispatchMode,
  HOLD_REASONS,
  OVERRIDE_TYPES,
  Priority,
  REASSIGN_REASONS,
  REQUESTERS,
  State,
  TriageOutcome,
} from './vocabulary.js';

/**
 * All that can stand in a ticket's stream, each with what it states as fact. Permanent: a new shape needs an
 * upcaster (upcast.ts), a new meaning a new name. What was asked, word for word, stands beside it in the
 * event's metadata.
 */
export interface TicketEvents {
  TicketCreated: {
    accountId: Uuid;
    siteId: Uuid;
    assetId: Uuid | null;
    summary: string;
    description: string | null;
    nteCents: Cents;
    currency: 'USD';
  };
  InfoRequested: { missingFields: readonly string[]; message: string | null };
  TicketTriaged: {
    priority: Priority;
    incidentType: string;
    /** The limit as it stands after triage. */
    nteCents: Cents;
    riskFlags: readonly string[];
    outcome: TriageOutcome;
    /** Opened when the outcome is APPROVAL_REQUIRED. */
    approval: OpenedApproval | null;
  };
  ScheduleProposed: { options: readonly Window[] };
  ScheduleConfirmed: { window: Window };
  /** The window and the assignment were given up. */
  ScheduleReleased: { reason: string; requestedBy: (typeof REQUESTERS)[number] };
  TechnicianDispatched: {
    techId: TechId;
    providerId: Uuid | null;
    mode: DispatchMode;
    /** Why the schedule was bypassed, and who confirmed it where policy asked. */
    reason: string | null;
    confirmedBy: ActorId | null;
  };
  AssignmentChanged: {
    override: (typeof OVERRIDE_TYPES)[number];
    reasonCode: (typeof REASSIGN_REASONS)[number];
    note: string;
    /** The assignment as it stands after the change. */
    techId: TechId | null;
    providerId: Uuid | null;
  };
  /** On site and at work: one act, two states passed. */
  TechnicianCheckedIn: { arrivedAt: Instant; location: OpenObject | null };
  ChangeRequested: { approval: OpenedApproval; evidenceRefs: readonly string[] };
  ApprovalDecided: {
    approvalId: Uuid;
    decision: ApprovalDecision;
    /** Where the ticket goes. */
    outcome: State;
    /** The limit as it stands after the decision. */
    nteCents: Cents;
    notes: string | null;
  };
  WorkHeld: { reasonCode: (typeof HOLD_REASONS)[number]; note: string };
  WorkResumed: { outcome: 'IN_PROGRESS' | 'READY_TO_SCHEDULE'; note: string | null };
  EvidenceAdded: {
    evidenceId: Uuid;
    kind: string;
    uri: string;
    evidenceKey: string | null;
    checksum: string | null;
    metadata: OpenObject;
  };
  EvidenceWithdrawn: { evidenceId: Uuid; reason: string };
  ChecklistRecorded: { items: Checklist; noSignatureReason: string | null };
  WorkCompleted: Completion & Judgement;
  /** QA passed: the closeout was judged again and held. */
  WorkVerified: Judgement & { inspectedAt: Instant; notes: string | null };
  /** QA failed. */
  VerificationFailed: {
    inspectedAt: Instant;
    notes: string;
    outcome: 'COMPLETED_PENDING_VERIFICATION' | 'IN_PROGRESS';
  };
  InvoiceGenerated: { lineItems: readonly LineItem[]; totalCents: Cents; externalRef: string | null };
  TicketClosed: { reason: string | null };
  TicketCancelled: { reason: string };
}

export interface OpenedApproval {
  readonly id: Uuid;
  readonly type: ApprovalType;
  readonly amountDeltaCents: Cents;
  readonly reason: string | null;
  /** Where the ticket goes when it is approved, and when it is denied. */
  readonly approvedState: State;
  readonly deniedState: State;
}

/** What the technician declared, laid over the recorded draft. */
export interface Completion {
  readonly completedAt: Instant;
  readonly checklist: Checklist;
  readonly noSignatureReason: string | null;
  /** The evidence ids or URIs that were named; null: all that is attached. */
  readonly evidenceRefs: readonly string[] | null;
}

/** The template that the closeout was judged by. */
export interface Judgement {
  readonly incidentType: string;
  readonly templateVersion: string;
}

export type TicketEventType = keyof TicketEvents;
export type TicketEvent<N extends TicketEventType = TicketEventType> = {
  [K in N]: { readonly type: K; readonly data: Readonly<TicketEvents[K]> };
}[N];
/** Every event but the first. */
export type Later = Exclude<TicketEventType, 'TicketCreated'>;
