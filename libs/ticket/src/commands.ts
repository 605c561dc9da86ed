import type { Cents, Instant, OpenObject, TechId, Uuid } from './kernel.js';
import type {
  APPROVAL_DECISIONS,
  APPROVAL_TYPES,
  DISPATCH_MODES,
  HOLD_REASONS,
  OVERRIDE_TYPES,
  Priority,
  QA_RESULTS,
  REASSIGN_REASONS,
  REQUESTERS,
  TRIAGE_OUTCOMES,
} from './vocabulary.js';

type OneOf<List extends readonly string[]> = List[number];
export interface Window {
  readonly start: Instant;
  /** After start. */
  readonly end: Instant;
}

/**
 * All that can be asked of a ticket, by tool (CONTRACT section 4). Shapes are checked at the edge: texts are
 * trimmed and within their lengths, instants canonical, `end` after `start`.
 */
export interface TicketCommands {
  'ticket.create': {
    accountId: Uuid;
    siteId: Uuid;
    assetId?: Uuid;
    summary: string;
    description?: string;
    nteCents?: Cents;
    channel?: string;
    requesterContact?: OpenObject;
    attachments?: readonly OpenObject[];
  };
  'ticket.request_info': { missingFields: readonly string[]; message?: string };
  'ticket.triage': {
    priority: Priority;
    /** Upper case; a type without a template is accepted and cannot be completed. */
    incidentType: string;
    nteCents?: Cents;
    riskFlags?: readonly string[];
    notes?: string;
    workflowOutcome?: OneOf<typeof TRIAGE_OUTCOMES>;
    requiresApproval?: boolean;
    readyToSchedule?: boolean;
    approvalReason?: string;
    approvalAmountDeltaCents?: Cents;
  };
  'schedule.propose': { options: readonly Window[] };
  'schedule.confirm': Window;
  'schedule.reschedule': { reason: string; requestedBy: OneOf<typeof REQUESTERS> };
  'assignment.dispatch': {
    techId: TechId;
    providerId?: Uuid;
    notes?: string;
    dispatchMode?: OneOf<typeof DISPATCH_MODES>;
    /** There when dispatchMode is EMERGENCY_BYPASS. */
    reason?: string;
    managerConfirmation?: { readonly managerId: string; readonly note?: string };
  };
  'assignment.reassign': {
    overrideType: OneOf<typeof OVERRIDE_TYPES>;
    reasonCode: OneOf<typeof REASSIGN_REASONS>;
    note: string;
    /** There when overrideType is reassign_tech. */
    techId?: TechId;
    /** There when overrideType is reassign_provider. */
    providerId?: Uuid;
  };
  'tech.check_in': { timestamp: Instant; location?: OpenObject };
  'tech.request_change': {
    approvalType: OneOf<typeof APPROVAL_TYPES>;
    reason: string;
    amountDeltaCents?: Cents;
    evidenceRefs?: readonly string[];
  };
  'approval.decide': { approvalId: Uuid; decision: OneOf<typeof APPROVAL_DECISIONS>; notes?: string };
  'work.hold': { reasonCode: OneOf<typeof HOLD_REASONS>; note: string };
  'work.resume': { returnVisit?: boolean; note?: string };
  'closeout.add_evidence': {
    kind: string;
    /** Any text; whether it names an object of the store is asked at completion. */
    uri: string;
    evidenceKey?: string;
    checksum?: string;
    metadata?: OpenObject;
  };
  'closeout.withdraw_evidence': { evidenceId: Uuid; reason: string };
  'closeout.record_checklist': { items: Checklist; noSignatureReason?: string };
  'tech.complete': {
    checklistStatus: Checklist;
    noSignatureReason?: string;
    /** Evidence ids or URIs. */
    evidenceRefs?: readonly string[];
    timestamp?: Instant;
    completionNotes?: string;
    signatureRef?: string;
    laborMinutes?: number;
    partsUsed?: readonly OpenObject[];
  };
  'qa.verify': { timestamp: Instant; result: OneOf<typeof QA_RESULTS>; notes?: string; returnToWork?: boolean };
  'billing.generate_invoice': { lineItems?: readonly LineItem[]; externalRef?: string };
  'ticket.close': { reason?: string };
  'ticket.cancel': { reason: string };
}

/** Checklist key → done. */
export type Checklist = Readonly<Record<string, boolean>>;
export interface LineItem {
  readonly description: string;
  /** More than 0; hours and metres may be fractions. */
  readonly quantity: number;
  readonly unitCents: Cents;
}

export type Tool = keyof TicketCommands;
/** Every tool that needs a ticket to act on. */
export type OnTicket = Exclude<Tool, 'ticket.create'>;
export type TicketCommand<T extends Tool = Tool> = {
  [K in T]: { readonly tool: K; readonly input: Readonly<TicketCommands[K]> };
}[T];
