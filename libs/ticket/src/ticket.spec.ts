import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { close, create } from './testing/commands.js';
import * as fact from './testing/events.js';
import { emergency, givenUp, lived, scheduled } from './testing/histories.js';
import { folded, givenFacts, stamp } from './testing/scenario.js';
import { approvalId, at, cents, id, newId } from './testing/values.js';
import { decide, evolve, pendingApproval, rules, transitions } from './ticket.js';
import { STATES } from './vocabulary.js';

const { atWork, cancelled, changeRequested, created, triaged } = fact;

describe('the rules', () => {
  const walked = [...emergency, ...scheduled, ...givenUp].map(({ tool }) => tool);

  test.each(Object.keys(rules))('%s has a spec of its own and a part in a history', (tool) => {
    expect(existsSync(join(import.meta.dirname, 'rules', `${tool}.spec.ts`))).toBe(true);
    expect(walked).toContain(tool);
  });

  test('no history has a tool without a rule', () => {
    expect(new Set(walked)).toStrictEqual(new Set(['ticket.create', ...Object.keys(rules)]));
  });

  test('a ticket is needed for all but the first', () => {
    expect(() => decide(close(), undefined, givenFacts())).toThrow('must begin with TicketCreated');
    expect(decide(create(), undefined, givenFacts())).toStrictEqual({ event: created() });
  });
});

describe('a life', () => {
  const states = (commands: typeof emergency) => lived(commands).map(({ ticket }) => ticket.state);

  test('of an emergency, to its end', () => {
    const steps = lived(emergency);
    expect(steps.map(({ event, ticket }) => `${event.type} ${ticket.state}`)).toStrictEqual([
      'TicketCreated NEW',
      'TicketTriaged TRIAGED',
      'TechnicianDispatched DISPATCHED',
      'TechnicianCheckedIn IN_PROGRESS',
      'EvidenceAdded IN_PROGRESS',
      'EvidenceAdded IN_PROGRESS',
      'EvidenceAdded IN_PROGRESS',
      'EvidenceAdded IN_PROGRESS',
      'ChecklistRecorded IN_PROGRESS',
      'WorkCompleted COMPLETED_PENDING_VERIFICATION',
      'WorkVerified VERIFIED',
      'InvoiceGenerated INVOICED',
      'TicketClosed CLOSED',
    ]);
    expect(folded(...steps.map(({ event }) => event))).toStrictEqual(steps.at(-1)?.ticket);
  });

  test('of a ticket with every turn', () => {
    expect(states(scheduled)).toStrictEqual([
      'NEW',
      'NEEDS_INFO',
      'APPROVAL_REQUIRED',
      'READY_TO_SCHEDULE',
      'SCHEDULE_PROPOSED',
      'SCHEDULED',
      'READY_TO_SCHEDULE',
      'SCHEDULE_PROPOSED',
      'SCHEDULED',
      'DISPATCHED',
      'DISPATCHED',
      'IN_PROGRESS',
      'APPROVAL_REQUIRED',
      'IN_PROGRESS',
      'ON_HOLD',
      ...Array(7).fill('IN_PROGRESS'),
      'COMPLETED_PENDING_VERIFICATION',
      'IN_PROGRESS',
      'COMPLETED_PENDING_VERIFICATION',
      'VERIFIED',
      'INVOICED',
      'CLOSED',
    ]);
  });

  test('of one that was given up', () => {
    expect(states(givenUp)).toStrictEqual(['NEW', 'CANCELLED']);
  });
});

describe('an approval', () => {
  const first = changeRequested().data.approval;
  const asked = [...atWork, changeRequested()] as const;

  test('waits from the moment it was asked for', () => {
    const waiting = { ...first, status: 'PENDING', requestedAt: at(4) };
    expect(pendingApproval(folded(...asked))).toStrictEqual(waiting);
    expect(folded(...asked).approvals).toStrictEqual([waiting]);
    const required = triaged({ outcome: 'APPROVAL_REQUIRED', approval: fact.triageApproval });
    expect(pendingApproval(folded(created(), required))).toStrictEqual({
      ...fact.triageApproval,
      status: 'PENDING',
      requestedAt: at(1),
    });
  });

  test.each(['APPROVED', 'DENIED'] as const)('waits no more once %s', (decision) => {
    const ticket = folded(...asked, fact.approvalDecided({ decision }));
    expect(pendingApproval(ticket)).toBeUndefined();
    expect(ticket.approvals).toStrictEqual([{ ...first, status: decision, requestedAt: at(4) }]);
  });

  test('is followed by the next, each with its own answer', () => {
    const second = { ...first, id: newId, amountDeltaCents: cents(5) };
    const third = { ...first, id: id(9) };
    const ticket = folded(
      ...asked,
      fact.approvalDecided({ approvalId, decision: 'DENIED' }),
      changeRequested({ approval: second }),
      fact.approvalDecided({ approvalId: newId, decision: 'APPROVED' }),
      changeRequested({ approval: third }),
    );
    expect(ticket.approvals.map(({ status }) => status)).toStrictEqual(['DENIED', 'APPROVED', 'PENDING']);
    expect(pendingApproval(ticket)?.id).toBe(id(9));
  });

  test('waits no more once the ticket is cancelled, though nobody answered', () => {
    const ticket = folded(...asked, cancelled());
    expect(pendingApproval(ticket)).toBeUndefined();
    expect(ticket.approvals).toStrictEqual([{ ...first, status: 'PENDING', requestedAt: at(4) }]);
  });
});

describe('the transitions of an event', () => {
  test('from nothing to NEW', () => {
    expect(transitions(undefined, created(), 'NEW')).toStrictEqual([{ from: null, to: 'NEW' }]);
  });

  test('from state to state', () => {
    expect(transitions('NEW', triaged(), 'TRIAGED')).toStrictEqual([{ from: 'NEW', to: 'TRIAGED' }]);
  });

  test('through ON_SITE at check-in', () => {
    expect(transitions('DISPATCHED', fact.checkedIn(), 'IN_PROGRESS')).toStrictEqual([
      { from: 'DISPATCHED', to: 'ON_SITE' },
      { from: 'ON_SITE', to: 'IN_PROGRESS' },
    ]);
  });

  test.each(STATES)('none where it stays %s', (state) => {
    expect(transitions(state, fact.evidenceAdded(), state)).toStrictEqual([]);
  });
});

test('version and times come from where the event stands, id and author from who wrote it', () => {
  const opened = evolve(undefined, created(), { ...stamp(0), by: 'ann' });
  expect(opened).toMatchObject({ id: stamp(0).ticketId, version: 0, createdAt: at(0), updatedAt: at(0) });
  const later = evolve(opened, fact.evidenceAdded(), { ...stamp(7), by: 'bob' });
  expect(later).toMatchObject({ version: 7, createdAt: at(0), updatedAt: at(7) });
  expect(later.evidence).toMatchObject([{ createdBy: 'bob', createdAt: at(7) }]);
});
