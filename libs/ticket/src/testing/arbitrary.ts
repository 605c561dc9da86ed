import fc from 'fast-check';
import type { TicketCommand, Tool, Window } from '../commands.js';
import type { OpenedApproval, TicketEvent, TicketEventType } from '../events.js';
import type { Cents, Instant, OpenObject, Uuid } from '../kernel.js';
import {
  APPROVAL_DECISIONS,
  APPROVAL_TYPES,
  DISPATCH_MODES,
  HOLD_REASONS,
  OVERRIDE_TYPES,
  PRIORITIES,
  QA_RESULTS,
  REASSIGN_REASONS,
  REQUESTERS,
  STATES,
  TRIAGE_OUTCOMES,
} from '../vocabulary.js';
import * as order from './commands.js';
import * as fact from './events.js';
import { eventId } from './histories.js';
import { at, cents } from './values.js';

/** Plain objects only, as JSON makes them. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(fields, { noNullPrototype: true });

/** Few ids, those of the histories' events, so that one often means what another brought in. */
const uuid: fc.Arbitrary<Uuid> = fc.integer({ min: 0, max: 22 }).map(eventId);
const instant: fc.Arbitrary<Instant> = fc.integer({ min: 0, max: 10_000 }).map(at);
const window: fc.Arbitrary<Window> = record({ start: instant, end: instant });
const amount: fc.Arbitrary<Cents> = fc.integer({ min: 0, max: 1_000_000 }).map(cents);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const texts = fc.array(text, { maxLength: 3 });
const uri = fc.constantFrom('s3://evidence/a', 'minio://evidence/b', 'nowhere');
const refs = fc.array(fc.oneof(uuid, uri), { maxLength: 2 });
const checklist = fc.dictionary(fc.constantFrom('done', 'swept', 'toString'), fc.boolean(), { noNullPrototype: true });
const open: fc.Arbitrary<OpenObject> = fc
  .dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true })
  .map((value) => JSON.parse(JSON.stringify(value)));
const evidenceKey = fc.constantFrom('photo_after_latched_alignment', 'signature_or_no_signature_reason');
const incidentType = fc.constantFrom('DOOR_WONT_LATCH', 'UNHEARD_OF');
const lineItem = record({ description: text, quantity: fc.integer({ min: 1, max: 9 }), unitCents: amount });
const or = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const orNone = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const approval: fc.Arbitrary<OpenedApproval> = record({
  id: uuid,
  type: fc.constantFrom(...APPROVAL_TYPES),
  amountDeltaCents: amount,
  reason: or(text),
  approvedState: fc.constantFrom(...STATES),
  deniedState: fc.constantFrom(...STATES),
});
const judgement = { incidentType, templateVersion: text };
const work = { checklist, noSignatureReason: or(text), evidenceRefs: or(refs) };

/** Any event of each type, likely or not. */
export const events: { readonly [N in TicketEventType]: fc.Arbitrary<TicketEvent<N>> } = {
  TicketCreated: record({
    accountId: uuid,
    siteId: uuid,
    assetId: or(uuid),
    summary: text,
    description: or(text),
    nteCents: amount,
  }).map(fact.created),
  InfoRequested: record({ missingFields: texts, message: or(text) }).map(fact.infoRequested),
  TicketTriaged: record({
    priority: fc.constantFrom(...PRIORITIES),
    incidentType,
    nteCents: amount,
    riskFlags: texts,
    outcome: fc.constantFrom(...TRIAGE_OUTCOMES),
    approval: or(approval),
  }).map(fact.triaged),
  ScheduleProposed: record({ options: fc.array(window, { maxLength: 3 }) }).map(fact.proposed),
  ScheduleConfirmed: record({ window }).map(fact.confirmed),
  ScheduleReleased: record({ reason: text, requestedBy: fc.constantFrom(...REQUESTERS) }).map(fact.released),
  TechnicianDispatched: record({
    techId: uuid,
    providerId: or(uuid),
    mode: fc.constantFrom(...DISPATCH_MODES),
    reason: or(text),
    confirmedBy: or(text),
  }).map(fact.dispatched),
  AssignmentChanged: record({
    override: fc.constantFrom(...OVERRIDE_TYPES),
    reasonCode: fc.constantFrom(...REASSIGN_REASONS),
    note: text,
    techId: or(uuid),
    providerId: or(uuid),
  }).map(fact.reassigned),
  TechnicianCheckedIn: record({ arrivedAt: instant, location: or(open) }).map(fact.checkedIn),
  ChangeRequested: record({ approval, evidenceRefs: refs }).map(fact.changeRequested),
  ApprovalDecided: record({
    approvalId: uuid,
    decision: fc.constantFrom(...APPROVAL_DECISIONS),
    outcome: fc.constantFrom(...STATES),
    nteCents: amount,
    notes: or(text),
  }).map(fact.approvalDecided),
  WorkHeld: record({ reasonCode: fc.constantFrom(...HOLD_REASONS), note: text }).map(fact.held),
  WorkResumed: record({ outcome: fc.constantFrom('IN_PROGRESS', 'READY_TO_SCHEDULE'), note: or(text) }).map(
    fact.resumed,
  ),
  EvidenceAdded: record({
    evidenceId: uuid,
    kind: text,
    uri: fc.oneof(uri, text),
    evidenceKey: or(evidenceKey),
    checksum: or(text),
    metadata: open,
  }).map(fact.evidenceAdded),
  EvidenceWithdrawn: record({ evidenceId: uuid, reason: text }).map(fact.evidenceWithdrawn),
  ChecklistRecorded: record({ items: checklist, noSignatureReason: or(text) }).map(fact.checklistRecorded),
  WorkCompleted: record({ completedAt: instant, ...work, ...judgement }).map(fact.completed),
  WorkVerified: record({ inspectedAt: instant, notes: or(text), ...judgement }).map(fact.verified),
  VerificationFailed: record({
    inspectedAt: instant,
    notes: text,
    outcome: fc.constantFrom('COMPLETED_PENDING_VERIFICATION', 'IN_PROGRESS'),
  }).map(fact.verificationFailed),
  InvoiceGenerated: record({
    lineItems: fc.array(lineItem, { maxLength: 3 }),
    totalCents: amount,
    externalRef: or(text),
  }).map(fact.invoiced),
  TicketClosed: record({ reason: or(text) }).map(fact.closed),
  TicketCancelled: record({ reason: text }).map(fact.cancelled),
};

const note = orNone(text);

/** A command of each tool as the edge lets it through: what may be left out is there or not, in any mix. */
export const commands: { readonly [T in Tool]: fc.Arbitrary<TicketCommand<T>> } = {
  'ticket.create': record({ assetId: orNone(uuid), summary: text, description: note, nteCents: orNone(amount) }).map(
    order.create,
  ),
  'ticket.request_info': record({ missingFields: texts, message: note }).map(order.requestInfo),
  'ticket.triage': record({
    priority: fc.constantFrom(...PRIORITIES),
    incidentType,
    nteCents: orNone(amount),
    riskFlags: orNone(texts),
    workflowOutcome: orNone(fc.constantFrom(...TRIAGE_OUTCOMES)),
    requiresApproval: orNone(fc.boolean()),
    readyToSchedule: orNone(fc.boolean()),
    approvalReason: note,
    approvalAmountDeltaCents: orNone(amount),
  }).map(order.triage),
  'schedule.propose': record({ options: fc.array(window, { minLength: 1, maxLength: 3 }) }).map(order.propose),
  'schedule.confirm': window.map(order.confirm),
  'schedule.reschedule': record({ reason: text, requestedBy: fc.constantFrom(...REQUESTERS) }).map(order.reschedule),
  'assignment.dispatch': record({
    techId: uuid,
    providerId: orNone(uuid),
    dispatchMode: orNone(fc.constantFrom(...DISPATCH_MODES)),
    reason: note,
    managerConfirmation: orNone(record({ managerId: text })),
  }).map(order.dispatch),
  'assignment.reassign': record({
    overrideType: fc.constantFrom(...OVERRIDE_TYPES),
    reasonCode: fc.constantFrom(...REASSIGN_REASONS),
    techId: orNone(uuid),
    providerId: orNone(uuid),
  }).map(order.reassign),
  'tech.check_in': record({ timestamp: instant, location: orNone(open) }).map(order.checkIn),
  'tech.request_change': record({
    approvalType: fc.constantFrom(...APPROVAL_TYPES),
    reason: text,
    amountDeltaCents: orNone(amount),
    evidenceRefs: orNone(refs),
  }).map(order.requestChange),
  'approval.decide': record({ approvalId: uuid, decision: fc.constantFrom(...APPROVAL_DECISIONS), notes: note }).map(
    order.decideApproval,
  ),
  'work.hold': record({ reasonCode: fc.constantFrom(...HOLD_REASONS), note: text }).map(order.hold),
  'work.resume': record({ returnVisit: orNone(fc.boolean()), note }).map(order.resume),
  'closeout.add_evidence': record({
    kind: text,
    uri,
    evidenceKey: orNone(evidenceKey),
    checksum: note,
    metadata: orNone(open),
  }).map(order.addEvidence),
  'closeout.withdraw_evidence': record({ evidenceId: uuid, reason: text }).map(order.withdrawEvidence),
  'closeout.record_checklist': record({ items: checklist, noSignatureReason: note }).map(order.recordChecklist),
  'tech.complete': record({
    checklistStatus: checklist,
    noSignatureReason: note,
    evidenceRefs: orNone(refs),
    timestamp: orNone(instant),
  }).map(order.complete),
  'qa.verify': record({
    timestamp: instant,
    result: fc.constantFrom(...QA_RESULTS),
    notes: note,
    returnToWork: orNone(fc.boolean()),
  }).map(order.verify),
  'billing.generate_invoice': record({
    lineItems: orNone(fc.array(lineItem, { maxLength: 3 })),
    externalRef: note,
  }).map(order.generateInvoice),
  'ticket.close': record({ reason: note }).map(order.close),
  'ticket.cancel': record({ reason: text }).map(order.cancel),
};

export const anyEvent: fc.Arbitrary<TicketEvent> = fc.oneof(...Object.values(events));
export const anyLaterEvent: fc.Arbitrary<TicketEvent> = anyEvent.filter(({ type }) => type !== 'TicketCreated');
export const anyCommand: fc.Arbitrary<TicketCommand> = fc.oneof(...Object.values(commands));
