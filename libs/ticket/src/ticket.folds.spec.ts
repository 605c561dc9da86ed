import { expect, test } from '@jest/globals';
import type { Later, TicketEvent } from './events.js';
import * as fact from './testing/events.js';
import { folded, stamp } from './testing/scenario.js';
import {
  accountId,
  actor,
  approvalId,
  at,
  cents,
  evidenceId,
  id,
  providerId,
  siteId,
  ticketId,
} from './testing/values.js';
import type { Ticket } from './state.js';
import { evolve, folds } from './ticket.js';

const { atWork, created, triaged } = fact;
const approval = fact.changeRequested().data.approval;
const options = [
  { start: at(60), end: at(120) },
  { start: at(300), end: at(360) },
];
const [first, second] = [
  { evidenceId, evidenceKey: 'photo' },
  { evidenceId: id(70), evidenceKey: 'note' },
];
const completion = {
  completedAt: at(90),
  checklist: { done: true },
  noSignatureReason: 'nobody there',
  evidenceRefs: [id(70)],
};

interface Effect {
  readonly before: readonly TicketEvent[];
  readonly event: TicketEvent;
  /** All that the event changes but version and time of change. */
  readonly changes: (before: Ticket) => Partial<Ticket>;
}

/** Each event upon a ticket where everything that it changes was otherwise. */
const effects: { readonly [N in Later]: Effect & { readonly event: TicketEvent<N> } } = {
  InfoRequested: {
    before: [created()],
    event: fact.infoRequested(),
    changes: () => ({ state: 'NEEDS_INFO' }),
  },
  TicketTriaged: {
    before: [created({ nteCents: cents(5) })],
    event: triaged({
      priority: 'EMERGENCY',
      incidentType: 'FLOODED_PIT',
      nteCents: cents(900),
      riskFlags: ['glass'],
      outcome: 'APPROVAL_REQUIRED',
      approval,
    }),
    changes: () => ({
      state: 'APPROVAL_REQUIRED',
      priority: 'EMERGENCY',
      incidentType: 'FLOODED_PIT',
      nteCents: cents(900),
      riskFlags: ['glass'],
      approvals: [{ ...approval, status: 'PENDING', requestedAt: at(1) }],
    }),
  },
  ScheduleProposed: {
    before: [created(), triaged()],
    event: fact.proposed({ options }),
    changes: () => ({ state: 'SCHEDULE_PROPOSED', scheduleOptions: options, window: { start: at(60), end: at(120) } }),
  },
  ScheduleConfirmed: {
    before: [created(), triaged(), fact.proposed({ options })],
    event: fact.confirmed({ window: { start: at(300), end: at(360) } }),
    changes: () => ({ state: 'SCHEDULED', window: { start: at(300), end: at(360) } }),
  },
  ScheduleReleased: {
    before: [created(), triaged(), fact.proposed(), fact.confirmed(), fact.dispatched({ providerId })],
    event: fact.released(),
    changes: () => ({
      state: 'READY_TO_SCHEDULE',
      window: null,
      scheduleOptions: [],
      assignedTechId: null,
      assignedProviderId: null,
    }),
  },
  TechnicianDispatched: {
    before: [created(), triaged()],
    event: fact.dispatched({ techId: id(40), providerId }),
    changes: () => ({ state: 'DISPATCHED', assignedTechId: id(40), assignedProviderId: providerId }),
  },
  AssignmentChanged: {
    before: [...atWork, fact.held()],
    event: fact.reassigned({ techId: id(40), providerId: id(50) }),
    changes: () => ({ assignedTechId: id(40), assignedProviderId: id(50) }),
  },
  TechnicianCheckedIn: {
    before: [created(), triaged(), fact.dispatched()],
    event: fact.checkedIn(),
    changes: () => ({ state: 'IN_PROGRESS' }),
  },
  ChangeRequested: {
    before: atWork,
    event: fact.changeRequested({ approval }),
    changes: () => ({
      state: 'APPROVAL_REQUIRED',
      approvals: [{ ...approval, status: 'PENDING', requestedAt: at(4) }],
    }),
  },
  ApprovalDecided: {
    before: [...atWork, fact.changeRequested(), fact.changeRequested({ approval: { ...approval, id: id(66) } })],
    event: fact.approvalDecided({ approvalId, decision: 'DENIED', outcome: 'TRIAGED', nteCents: cents(7) }),
    changes: () => ({
      state: 'TRIAGED',
      nteCents: cents(7),
      approvals: [
        { ...approval, status: 'DENIED', requestedAt: at(4) },
        { ...approval, id: id(66), status: 'PENDING', requestedAt: at(5) },
      ],
    }),
  },
  WorkHeld: { before: atWork, event: fact.held(), changes: () => ({ state: 'ON_HOLD' }) },
  WorkResumed: {
    before: [created(), triaged(), fact.proposed(), fact.confirmed(), fact.dispatched(), fact.checkedIn(), fact.held()],
    event: fact.resumed({ outcome: 'READY_TO_SCHEDULE' }),
    changes: () => ({ state: 'READY_TO_SCHEDULE' }),
  },
  EvidenceAdded: {
    before: [...atWork, fact.evidenceAdded(first)],
    event: fact.evidenceAdded({
      ...second,
      kind: 'NOTE',
      uri: 's3://evidence/note.txt',
      checksum: 'sha256:00',
      metadata: { by: 'phone' },
    }),
    changes: ({ evidence }) => ({
      evidence: [
        ...evidence,
        {
          id: id(70),
          kind: 'NOTE',
          uri: 's3://evidence/note.txt',
          evidenceKey: 'note',
          checksum: 'sha256:00',
          metadata: { by: 'phone' },
          withdrawn: false,
          createdBy: actor,
          createdAt: at(5),
        },
      ],
    }),
  },
  EvidenceWithdrawn: {
    before: [...atWork, fact.evidenceAdded(first), fact.evidenceAdded(second)],
    event: fact.evidenceWithdrawn({ evidenceId }),
    changes: ({ evidence: [photo, ...rest] }) => ({
      evidence: photo ? [{ ...photo, withdrawn: true }, ...rest] : rest,
    }),
  },
  ChecklistRecorded: {
    before: [...atWork, fact.checklistRecorded({ items: { done: false, swept: true } })],
    event: fact.checklistRecorded({ items: { done: true }, noSignatureReason: 'nobody there' }),
    changes: () => ({ checklist: { items: { done: true }, noSignatureReason: 'nobody there' } }),
  },
  WorkCompleted: {
    before: [...atWork, fact.checklistRecorded({ items: { swept: true } })],
    event: fact.completed(completion),
    changes: () => ({
      state: 'COMPLETED_PENDING_VERIFICATION',
      checklist: { items: { done: true }, noSignatureReason: 'nobody there' },
      completion,
    }),
  },
  WorkVerified: {
    before: [...atWork, fact.completed(completion)],
    event: fact.verified(),
    changes: () => ({ state: 'VERIFIED' }),
  },
  VerificationFailed: {
    before: [...atWork, fact.completed(completion)],
    event: fact.verificationFailed({ outcome: 'IN_PROGRESS' }),
    changes: () => ({ state: 'IN_PROGRESS' }),
  },
  InvoiceGenerated: {
    before: [...atWork, fact.completed(), fact.verified()],
    event: fact.invoiced({ totalCents: cents(9) }),
    changes: () => ({ state: 'INVOICED' }),
  },
  TicketClosed: { before: atWork, event: fact.closed(), changes: () => ({ state: 'CLOSED' }) },
  TicketCancelled: {
    before: [...atWork, fact.changeRequested()],
    event: fact.cancelled(),
    changes: () => ({ state: 'CANCELLED' }),
  },
};

test('every fold has its effect told here', () => {
  expect(Object.keys(effects).sort()).toStrictEqual(Object.keys(folds).sort());
});

test.each(Object.entries<Effect>(effects))('%s changes this and nothing else', (type, { before, event, changes }) => {
  const ticket = folded(...before);
  const change = changes(ticket);
  expect(event.type).toBe(type);
  expect(ticket).not.toMatchObject(change);
  expect(evolve(ticket, event, stamp(before.length))).toStrictEqual({
    ...ticket,
    ...change,
    version: before.length,
    updatedAt: at(before.length),
  });
});

test('TicketCreated opens it', () => {
  const data = { assetId: id(51), summary: 'Door drags', description: 'since Monday', nteCents: cents(5) };
  expect(folded(created(data))).toStrictEqual({
    id: ticketId,
    accountId,
    siteId,
    ...data,
    currency: 'USD',
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
    version: 0,
    createdAt: at(0),
    updatedAt: at(0),
  });
});

test('an event of a ticket that was never opened is a broken stream', () => {
  expect(() => folded(triaged())).toThrow('must begin with TicketCreated');
});
