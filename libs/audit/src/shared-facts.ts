import type { TicketEvent, TicketEvents, TicketEventType } from '@dispatch/ticket';

/**
 * The facts of each event that a history shows to anyone who may have it: names, numbers, times and words of the
 * contract. What a person wrote or where a person was is not listed, and so is left out unless it is asked for. An
 * event without a row does not compile; a field without a place in one is left out.
 */
const shared: { readonly [N in TicketEventType]: readonly (keyof TicketEvents[N] & string)[] } = {
  TicketCreated: ['accountId', 'siteId', 'assetId', 'nteCents', 'currency'],
  InfoRequested: [],
  TicketTriaged: ['priority', 'incidentType', 'nteCents', 'outcome'],
  ScheduleProposed: ['options'],
  ScheduleConfirmed: ['window'],
  ScheduleReleased: ['requestedBy'],
  TechnicianDispatched: ['techId', 'providerId', 'mode'],
  AssignmentChanged: ['override', 'reasonCode', 'techId', 'providerId'],
  TechnicianCheckedIn: ['arrivedAt'],
  ChangeRequested: [],
  ApprovalDecided: ['approvalId', 'decision', 'outcome', 'nteCents'],
  WorkHeld: ['reasonCode'],
  WorkResumed: ['outcome'],
  EvidenceAdded: ['evidenceId', 'evidenceKey', 'checksum'],
  EvidenceWithdrawn: ['evidenceId'],
  ChecklistRecorded: [],
  WorkCompleted: ['completedAt', 'incidentType', 'templateVersion'],
  WorkVerified: ['inspectedAt', 'incidentType', 'templateVersion'],
  VerificationFailed: ['inspectedAt', 'outcome'],
  InvoiceGenerated: ['totalCents'],
  TicketClosed: [],
  TicketCancelled: [],
};

/** Every type of event that a ticket's stream may hold. */
export const eventTypes = Object.keys(shared) as readonly TicketEventType[];

/** An event's facts without what is personal. */
export function sharedFacts({ type, data }: TicketEvent): object {
  const names: readonly string[] = shared[type];
  return Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));
}
