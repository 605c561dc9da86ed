import { describe, expect, test } from '@jest/globals';
import { fold, readModel } from '@dispatch/projection';
import { evolve, parseInstant, type Ticket } from '@dispatch/ticket';
import fc from 'fast-check';
import { anyHistory, EVENT_TYPES, happened, inLog, minute, rowsOf, uuid } from '../test/support/events.js';
import { cockpitQueue } from './cockpit-queue/projection.js';
import { jobPacket } from './job-packet/projection.js';
import { operations } from './operations/projection.js';
import { decodeTicketEvent } from './ticket-log.js';
import { tickets } from './tickets/projection.js';

const stream = `ticket-${uuid(1)}`;
const ticketOf = (history: Parameters<typeof rowsOf>[2]): Ticket => {
  const ticket = history.reduce<Ticket | undefined>((before, happening, revision) => {
    const event = decodeTicketEvent(inLog(stream, happening, revision));
    return evolve(before, event, { ticketId: uuid(1), revision, at: minute(revision), by: 'dana' });
  }, undefined);
  if (!ticket) throw new Error('no ticket');
  return ticket;
};

test.each([cockpitQueue, jobPacket, operations, tickets].map(({ name, begins, when }) => ({ name, begins, when })))(
  '$name begins with TicketCreated and folds every other event',
  ({ begins, when }) => {
    expect([...Object.keys(begins), ...Object.keys(when)].sort()).toStrictEqual([...EVENT_TYPES].sort());
  },
);

describe('after any history', () => {
  test('the rows say of the ticket what its own fold says', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const ticket = ticketOf(history);
        const common = { state: ticket.state, priority: ticket.priority, updated_at: ticket.updatedAt };
        const start = ticket.window?.start ?? null;
        expect(rowsOf(cockpitQueue, stream, history).at(-1)).toMatchObject({
          ...common,
          scheduled_start: start,
          assigned_tech_id: ticket.assignedTechId,
          incident_type: ticket.incidentType,
        });
        expect(rowsOf(operations, stream, history).at(-1)).toMatchObject({ ...common, scheduled_start: start });
        expect(rowsOf(jobPacket, stream, history).at(-1)).toMatchObject({ ticket });
        expect(rowsOf(tickets, stream, history).at(-1)).toMatchObject({
          ...common,
          ticket: { ...ticket, evidence: [], checklist: null, completion: null },
        });
      }),
    );
  });

  test('a row that came back from JSON between any two events is the same', () => {
    fc.assert(
      fc.property(anyHistory, fc.constantFrom('cockpit', 'operations'), (history, which) => {
        const rows = which === 'cockpit' ? rowsOf(cockpitQueue, stream, history) : rowsOf(operations, stream, history);
        for (const row of rows) {
          expect(JSON.parse(JSON.stringify(row))).toStrictEqual(row);
          for (const [column, value] of Object.entries(row))
            if (column.endsWith('_at') && value !== null) expect(parseInstant(value)).toBe(value);
        }
      }),
    );
  });
});

describe('the clock', () => {
  const atWork = [happened('TicketCreated'), happened('TicketTriaged'), happened('TechnicianCheckedIn')];
  const last = (...more: ReturnType<typeof happened>[]) => rowsOf(cockpitQueue, stream, [...atWork, ...more]).at(-1);

  test('pauses at a hold, whose time moves the deadline when it ends', () => {
    expect(last(happened('WorkHeld'))).toMatchObject({
      sla_clock: 'paused',
      sla_at: minute(3),
      sla_from: minute(0),
      left_ms: -180_000,
    });
    const resumed = last(happened('WorkHeld'), happened('EvidenceAdded'), happened('WorkResumed'));
    expect(resumed).toMatchObject({
      sla_clock: 'running',
      sla_at: null,
      held_ms: 120_000,
      sla_from: minute(2),
      left_ms: Date.parse(minute(2)),
    });
  });

  test('stops when work is completed and runs on when it returns', () => {
    expect(last(happened('WorkCompleted'), happened('WorkVerified'))).toMatchObject({
      sla_clock: 'stopped',
      sla_at: minute(3),
    });
    const returned = last(happened('WorkCompleted'), happened('VerificationFailed'));
    expect(returned).toMatchObject({ sla_clock: 'running', sla_at: null, sla_from: minute(0) });
  });

  test('counts from the scheduled start', () => {
    expect(last(happened('ScheduleProposed'))).toMatchObject({ sla_from: minute(60) });
    expect(last(happened('ScheduleProposed'), happened('ScheduleReleased'))).toMatchObject({ sla_from: minute(0) });
  });
});

test('operations count what was passed and how long it took', () => {
  const history = ['TicketCreated', 'TicketTriaged', 'TechnicianCheckedIn', 'TicketCancelled'] as const;
  expect(
    rowsOf(
      operations,
      stream,
      history.map((type) => happened(type)),
    ).at(-1),
  ).toMatchObject({
    transitions:
      '>NEW*1 IN_PROGRESS>CANCELLED*1 NEW>READY_TO_SCHEDULE*1 ON_SITE>IN_PROGRESS*1 READY_TO_SCHEDULE>ON_SITE*1',
    state_ms: { NEW: 60_000, READY_TO_SCHEDULE: 60_000, IN_PROGRESS: 60_000 },
    cancelled_at: minute(3),
    closed_at: null,
  });
});

test('the packet says where its checklist is from', () => {
  const source = (...types: ('ChecklistRecorded' | 'WorkCompleted')[]) =>
    rowsOf(jobPacket, stream, [happened('TicketCreated'), ...types.map((type) => happened(type))]).at(-1);
  expect(source()).toMatchObject({ checklist_source: 'none_recorded' });
  expect(source('ChecklistRecorded')).toMatchObject({ checklist_source: 'recorded_checklist' });
  expect(source('ChecklistRecorded', 'WorkCompleted')).toMatchObject({ checklist_source: 'latest_completion_attempt' });
});

test.each([readModel(cockpitQueue), readModel(operations), readModel(jobPacket), readModel(tickets)])(
  '$name: batches of any size leave the same row',
  (model) => {
    const rest = { held: new Set<string>(), skipped: new Set<string>() };
    fc.assert(
      fc.property(anyHistory, fc.nat({ max: 15 }), (history, at) => {
        const events = history.map((happening, revision) => inLog(stream, happening, revision));
        const whole = fold(model, { events, rows: new Map(), ...rest }).rows.get(stream);
        const before = fold(model, { events: events.slice(0, at), rows: new Map(), ...rest }).rows.get(stream);
        const rows = new Map(before ? [[stream, before]] : []);
        const after = fold(model, { events: events.slice(at), rows, ...rest }).rows.get(stream);
        expect(after ?? before).toStrictEqual(whole);
      }),
    );
  },
);
