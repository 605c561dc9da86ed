import type { TicketEvents, TicketEventType } from '../events.js';
import { NO_CENTS } from '../kernel.js';
import { accountId, approvalId, at, evidenceId, siteId, techId } from './values.js';

/** A builder an event, each with dull defaults. What a test is about, it says. */
const event =
  <N extends TicketEventType>(type: N, defaults: TicketEvents[N]) =>
  (data: Partial<TicketEvents[N]> = {}): { readonly type: N; readonly data: Readonly<TicketEvents[N]> } => ({
    type,
    data: { ...defaults, ...data },
  });

export const created = event('TicketCreated', {
  accountId,
  siteId,
  assetId: null,
  summary: 'Front door will not latch',
  description: null,
  nteCents: NO_CENTS,
  currency: 'USD',
});
export const infoRequested = event('InfoRequested', { missingFields: ['access'], message: null });
export const triaged = event('TicketTriaged', {
  priority: 'ROUTINE',
  incidentType: 'DOOR_WONT_LATCH',
  nteCents: NO_CENTS,
  riskFlags: [],
  outcome: 'TRIAGED',
  approval: null,
});
export const proposed = event('ScheduleProposed', { options: [{ start: at(60), end: at(120) }] });
export const confirmed = event('ScheduleConfirmed', { window: { start: at(60), end: at(120) } });
export const released = event('ScheduleReleased', { reason: 'the shop is closed', requestedBy: 'customer' });
export const dispatched = event('TechnicianDispatched', {
  techId,
  providerId: null,
  mode: 'SCHEDULED',
  reason: null,
  confirmedBy: null,
});
export const reassigned = event('AssignmentChanged', {
  override: 'reassign_tech',
  reasonCode: 'capacity',
  note: 'first one is ill',
  techId,
  providerId: null,
});
export const checkedIn = event('TechnicianCheckedIn', { arrivedAt: at(60), location: null });
export const changeRequested = event('ChangeRequested', {
  approval: {
    id: approvalId,
    type: 'NTE_INCREASE',
    amountDeltaCents: NO_CENTS,
    reason: 'the closer is worn out',
    approvedState: 'IN_PROGRESS',
    deniedState: 'IN_PROGRESS',
  },
  evidenceRefs: [],
});
export const approvalDecided = event('ApprovalDecided', {
  approvalId,
  decision: 'APPROVED',
  outcome: 'IN_PROGRESS',
  nteCents: NO_CENTS,
  notes: null,
});
export const held = event('WorkHeld', { reasonCode: 'PARTS_ORDERED', note: 'strike plate ordered' });
export const resumed = event('WorkResumed', { outcome: 'IN_PROGRESS', note: null });
export const evidenceAdded = event('EvidenceAdded', {
  evidenceId,
  kind: 'PHOTO',
  uri: 's3://evidence/photo.jpg',
  evidenceKey: null,
  checksum: null,
  metadata: {},
});
export const evidenceWithdrawn = event('EvidenceWithdrawn', { evidenceId, reason: 'photo of another door' });
export const checklistRecorded = event('ChecklistRecorded', { items: {}, noSignatureReason: null });
export const completed = event('WorkCompleted', {
  completedAt: at(90),
  checklist: {},
  noSignatureReason: null,
  evidenceRefs: null,
  incidentType: 'DOOR_WONT_LATCH',
  templateVersion: '1.0.0',
});
export const verified = event('WorkVerified', {
  inspectedAt: at(100),
  notes: null,
  incidentType: 'DOOR_WONT_LATCH',
  templateVersion: '1.0.0',
});
export const verificationFailed = event('VerificationFailed', {
  inspectedAt: at(100),
  notes: 'the latch still sticks',
  outcome: 'COMPLETED_PENDING_VERIFICATION',
});
export const invoiced = event('InvoiceGenerated', { lineItems: [], totalCents: NO_CENTS, externalRef: null });
export const closed = event('TicketClosed', { reason: null });
export const cancelled = event('TicketCancelled', { reason: 'opened twice by mistake' });

/** As triage opens it: granted, it leads to scheduling. */
export const triageApproval = {
  id: approvalId,
  type: 'NTE_INCREASE',
  amountDeltaCents: NO_CENTS,
  reason: null,
  approvedState: 'READY_TO_SCHEDULE',
  deniedState: 'TRIAGED',
} as const;

/** The states on the way to work under way. */
export const atWork = [created(), triaged(), dispatched(), checkedIn()] as const;
