import type { OnTicket, TicketCommand } from './commands.js';
import type { Decision } from './decision.js';
import type { Later, OpenedApproval, TicketEvent, TicketEvents, TicketEventType } from './events.js';
import type { Given } from './given.js';
import type { Rule } from './rule.js';
import { decideApproval } from './rules/approval.decide.js';
import { dispatch } from './rules/assignment.dispatch.js';
import { reassign } from './rules/assignment.reassign.js';
import { generateInvoice } from './rules/billing.generate_invoice.js';
import { addEvidence } from './rules/closeout.add_evidence.js';
import { recordChecklist } from './rules/closeout.record_checklist.js';
import { withdrawEvidence } from './rules/closeout.withdraw_evidence.js';
import { verify } from './rules/qa.verify.js';
import { confirm } from './rules/schedule.confirm.js';
import { propose } from './rules/schedule.propose.js';
import { reschedule } from './rules/schedule.reschedule.js';
import { checkIn } from './rules/tech.check_in.js';
import { complete } from './rules/tech.complete.js';
import { requestChange } from './rules/tech.request_change.js';
import { cancel } from './rules/ticket.cancel.js';
import { close } from './rules/ticket.close.js';
import { create } from './rules/ticket.create.js';
import { requestInfo } from './rules/ticket.request_info.js';
import { triage } from './rules/ticket.triage.js';
import { hold } from './rules/work.hold.js';
import { resume } from './rules/work.resume.js';
import type { Approval, Stamp, Ticket } from './state.js';
import type { State } from './vocabulary.js';

/** A rule a tool. A tool without a rule, or a rule without a tool, does not compile. */
export const rules: { readonly [T in OnTicket]: Rule<T> } = {
  'ticket.request_info': requestInfo,
  'ticket.triage': triage,
  'schedule.propose': propose,
  'schedule.confirm': confirm,
  'schedule.reschedule': reschedule,
  'assignment.dispatch': dispatch,
  'assignment.reassign': reassign,
  'tech.check_in': checkIn,
  'tech.request_change': requestChange,
  'approval.decide': decideApproval,
  'work.hold': hold,
  'work.resume': resume,
  'closeout.add_evidence': addEvidence,
  'closeout.withdraw_evidence': withdrawEvidence,
  'closeout.record_checklist': recordChecklist,
  'tech.complete': complete,
  'qa.verify': verify,
  'billing.generate_invoice': generateInvoice,
  'ticket.close': close,
  'ticket.cancel': cancel,
};

const rule = <T extends OnTicket>(command: TicketCommand<T>, ticket: Ticket, given: Given): Decision =>
  rules[command.tool](command.input, ticket, given);

/**
 * One command against one ticket: the event that is to be appended, or why not. Whether role, scope and state
 * allow the tool at all has been asked of the policy before.
 */
export const decide = (command: TicketCommand, ticket: Ticket | undefined, given: Given): Decision =>
  command.tool === 'ticket.create' ? create(command.input, given) : rule(command, existing(ticket), given);

type Fold<N extends Later> = (ticket: Ticket, data: Readonly<TicketEvents[N]>, stamp: Stamp) => Ticket;

/** A fold an event: the ticket after it. Version and times are set by evolve. */
export const folds: { readonly [N in Later]: Fold<N> } = {
  InfoRequested: (ticket) => ({ ...ticket, state: 'NEEDS_INFO' }),
  TicketTriaged: (ticket, { priority, incidentType, nteCents, riskFlags, outcome, approval }, stamp) => ({
    ...opening(ticket, approval, stamp),
    state: outcome,
    priority,
    incidentType,
    nteCents,
    riskFlags,
  }),
  ScheduleProposed: (ticket, { options }) => ({
    ...ticket,
    state: 'SCHEDULE_PROPOSED',
    scheduleOptions: options,
    window: options[0] ?? null,
  }),
  ScheduleConfirmed: (ticket, { window }) => ({ ...ticket, state: 'SCHEDULED', window }),
  ScheduleReleased: (ticket) => ({
    ...ticket,
    state: 'READY_TO_SCHEDULE',
    window: null,
    scheduleOptions: [],
    assignedTechId: null,
    assignedProviderId: null,
  }),
  TechnicianDispatched: (ticket, { techId, providerId }) => ({
    ...ticket,
    state: 'DISPATCHED',
    assignedTechId: techId,
    assignedProviderId: providerId,
  }),
  AssignmentChanged: (ticket, { techId, providerId }) => ({
    ...ticket,
    assignedTechId: techId,
    assignedProviderId: providerId,
  }),
  TechnicianCheckedIn: (ticket) => ({ ...ticket, state: 'IN_PROGRESS' }),
  ChangeRequested: (ticket, { approval }, stamp) => ({
    ...opening(ticket, approval, stamp),
    state: 'APPROVAL_REQUIRED',
  }),
  ApprovalDecided: (ticket, { approvalId, decision, outcome, nteCents }) => ({
    ...ticket,
    state: outcome,
    nteCents,
    approvals: ticket.approvals.map((one) => (one.id === approvalId ? { ...one, status: decision } : one)),
  }),
  WorkHeld: (ticket) => ({ ...ticket, state: 'ON_HOLD' }),
  WorkResumed: (ticket, { outcome }) => ({ ...ticket, state: outcome }),
  EvidenceAdded: (ticket, { evidenceId, ...item }, { at, by }) => ({
    ...ticket,
    evidence: [...ticket.evidence, { id: evidenceId, ...item, withdrawn: false, createdBy: by, createdAt: at }],
  }),
  EvidenceWithdrawn: (ticket, { evidenceId }) => ({
    ...ticket,
    evidence: ticket.evidence.map((one) => (one.id === evidenceId ? { ...one, withdrawn: true } : one)),
  }),
  ChecklistRecorded: (ticket, { items, noSignatureReason }) => ({ ...ticket, checklist: { items, noSignatureReason } }),
  WorkCompleted: (ticket, { completedAt, checklist, noSignatureReason, evidenceRefs }) => ({
    ...ticket,
    state: 'COMPLETED_PENDING_VERIFICATION',
    checklist: { items: checklist, noSignatureReason },
    completion: { completedAt, checklist, noSignatureReason, evidenceRefs },
  }),
  WorkVerified: (ticket) => ({ ...ticket, state: 'VERIFIED' }),
  VerificationFailed: (ticket, { outcome }) => ({ ...ticket, state: outcome }),
  InvoiceGenerated: (ticket) => ({ ...ticket, state: 'INVOICED' }),
  TicketClosed: (ticket) => ({ ...ticket, state: 'CLOSED' }),
  TicketCancelled: (ticket) => ({ ...ticket, state: 'CANCELLED' }),
};

const fold = <N extends Later>(ticket: Ticket, event: TicketEvent<N>, stamp: Stamp): Ticket =>
  folds[event.type](ticket, event.data, stamp);

/** Total: an event is a fact. No refusal, no clock, no default for what the event should have said. */
export const evolve = (ticket: Ticket | undefined, event: TicketEvent, stamp: Stamp): Ticket => {
  if (event.type === 'TicketCreated') return opened(event.data, stamp);
  return { ...fold(existing(ticket), event, stamp), version: stamp.revision, updatedAt: stamp.at };
};

export const isTicketEventType = (type: string): type is TicketEventType =>
  type === 'TicketCreated' || Object.hasOwn(folds, type);

/** The states a ticket went through by one event, in order; nothing when its state did not change. */
export function transitions(
  before: State | undefined,
  event: TicketEvent,
  after: State,
): readonly { readonly from: State | null; readonly to: State }[] {
  if (event.type === 'TechnicianCheckedIn')
    return [
      { from: before ?? null, to: 'ON_SITE' },
      { from: 'ON_SITE', to: after },
    ];
  return before === after ? [] : [{ from: before ?? null, to: after }];
}

/** The approval that waits for a decision. None once the ticket is cancelled: then nobody will be asked. */
export const pendingApproval = ({ state, approvals }: Ticket): Approval | undefined =>
  state === 'CANCELLED' ? undefined : approvals.find(({ status }) => status === 'PENDING');

function opened(data: TicketEvents['TicketCreated'], { ticketId, revision, at }: Stamp): Ticket {
  return {
    ...data,
    id: ticketId,
    state: 'NEW',
    priority: 'ROUTINE',
    incidentType: null,
    riskFlags: [],
    window: null,
    scheduleOptions: [],
    assignedProviderId: null,
    assignedTechId: null,
    approvals: [],
    evidence: [],
    checklist: null,
    completion: null,
    version: revision,
    createdAt: at,
    updatedAt: at,
  };
}

const opening = (ticket: Ticket, approval: OpenedApproval | null, { at }: Stamp): Ticket =>
  approval
    ? { ...ticket, approvals: [...ticket.approvals, { ...approval, status: 'PENDING', requestedAt: at }] }
    : ticket;

function existing(ticket: Ticket | undefined): Ticket {
  if (!ticket) throw new Error('a stream must begin with TicketCreated');
  return ticket;
}
