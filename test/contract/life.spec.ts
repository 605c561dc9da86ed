import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, outcomeOf, textAt } from '../support/api.js';
import { DONE, EVIDENCE } from '../support/tickets.js';
import { beginLife, expectHeaders, type Life, type Step, UUID } from './life.js';
import {
  APPROVE,
  CHECK_IN,
  COMPLETE,
  CONFIRM,
  DISPATCH,
  FAIL,
  pending,
  PROPOSE,
  READY,
  RELEASED,
  REQUEST_CHANGE,
  to,
  TRIAGE,
  VERIFY,
} from './steps.js';

let begun: Awaited<ReturnType<typeof beginLife>>;
beforeAll(async () => {
  begun = await beginLife();
});
afterAll(() => begun.api.close());

async function lead(life: Life, ...steps: readonly Step[]): Promise<Life> {
  for (const step of steps) await life.step(step);
  return life;
}

/** Attaches an item of evidence, and answers its id. */
async function attach(life: Life, evidenceKey: string): Promise<string> {
  const body = { kind: 'PHOTO', uri: `s3://evidence/${evidenceKey}`, evidence_key: evidenceKey, metadata: { n: 1 } };
  const key = randomUUID();
  const reply = await life.give('closeout.add_evidence', { id: life.ticketId, as: 'tech', body, key });
  const version = Number(life.ticket.version) + 1;
  life.ticket = { ...life.ticket, version, updated_at: life.now() };
  expect(reply.status).toBe(201);
  expect(reply.json).toEqual({
    id: reply.headers['dispatch-event-id'],
    ticket_id: life.ticketId,
    kind: 'PHOTO',
    uri: body.uri,
    checksum: null,
    metadata: { n: 1, evidence_key: evidenceKey },
    withdrawn: false,
    created_by: 'tech-1',
    created_at: life.now(),
  });
  expectHeaders(reply, version);
  const again = await life.give('closeout.add_evidence', { id: life.ticketId, as: 'tech', body, key });
  expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, reply.text, 'true']);
  return textAt(reply, 'id');
}

const complete = (life: Life) =>
  life.give('tech.complete', {
    id: life.ticketId,
    body: { checklist_status: {}, no_signature_reason: 'nobody was there' },
  });

test('the emergency: dispatched past the schedule, refused without evidence, changed, completed and closed', async () => {
  const life = await lead(await begun.open(), TRIAGE, DISPATCH, CHECK_IN);
  const refused = await complete(life);
  expect(refused.json).toEqual({
    error: {
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      message: expect.any(String),
      request_id: expect.stringMatching(UUID),
      requirement_code: 'MISSING_REQUIREMENTS',
      incident_type: 'CANNOT_SECURE_ENTRY',
      template_version: '1.0.0',
      missing_evidence_keys: [...EVIDENCE].sort(),
      missing_checklist_keys: Object.keys(DONE).sort(),
      invalid_evidence_refs: [],
      policy_error: {
        dimension: 'evidence',
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        requirement_code: 'MISSING_REQUIREMENTS',
      },
    },
  });
  const requested = await life.step(REQUEST_CHANGE);
  expect(at(requested.json, 'approval')).toEqual(pending(life.approvalId, life.now()));
  await lead(life, APPROVE);
  for (const key of EVIDENCE) await attach(life, key);
  await lead(
    life,
    COMPLETE,
    VERIFY,
    { tool: 'billing.generate_invoice', changes: to('INVOICED') },
    { tool: 'ticket.close', changes: to('CLOSED') },
  );

  const { json } = await begun.api.run('ticket.timeline', { id: life.ticketId, as: 'auditor' });
  const events = at(json, 'events');
  expect(Array.isArray(events) && events.map((event) => told(event))).toEqual(TIMELINE);
});

/** Sequence, type, tool, role and the states passed. */
const told = (event: unknown): string => {
  const moves = at(event, 'transitions');
  const path = Array.isArray(moves) ? moves.map((move) => `${String(at(move, 'from'))}>${String(at(move, 'to'))}`) : [];
  return [...['sequence', 'type', 'tool_name', 'actor_role'].map((name) => String(at(event, name))), ...path].join(' ');
};

const TIMELINE = [
  '0 TicketCreated ticket.create dispatcher null>NEW',
  '1 TicketTriaged ticket.triage dispatcher NEW>TRIAGED',
  '2 TechnicianDispatched assignment.dispatch dispatcher TRIAGED>DISPATCHED',
  '3 TechnicianCheckedIn tech.check_in tech DISPATCHED>ON_SITE ON_SITE>IN_PROGRESS',
  '4 ChangeRequested tech.request_change tech IN_PROGRESS>APPROVAL_REQUIRED',
  '5 ApprovalDecided approval.decide approver APPROVAL_REQUIRED>IN_PROGRESS',
  '6 EvidenceAdded closeout.add_evidence tech',
  '7 EvidenceAdded closeout.add_evidence tech',
  '8 EvidenceAdded closeout.add_evidence tech',
  '9 WorkCompleted tech.complete tech IN_PROGRESS>COMPLETED_PENDING_VERIFICATION',
  '10 WorkVerified qa.verify qa COMPLETED_PENDING_VERIFICATION>VERIFIED',
  '11 InvoiceGenerated billing.generate_invoice finance VERIFIED>INVOICED',
  '12 TicketClosed ticket.close finance INVOICED>CLOSED',
];

const LIVES: readonly { readonly life: string; readonly steps: readonly Step[] }[] = [
  {
    life: 'asked back, scheduled, given up and scheduled again, dispatched, handed over',
    steps: [
      { tool: 'ticket.request_info', changes: to('NEEDS_INFO') },
      READY,
      PROPOSE,
      CONFIRM,
      { tool: 'schedule.reschedule', as: 'customer', changes: to('READY_TO_SCHEDULE', RELEASED) },
      PROPOSE,
      CONFIRM,
      { ...DISPATCH, body: () => ({ dispatch_mode: 'SCHEDULED' }) },
      {
        tool: 'assignment.reassign',
        body: ({ siteId }) => ({ override_type: 'reassign_provider', provider_id: siteId, tech_id: null }),
        changes: ({ siteId }) => ({ assigned_provider_id: siteId }),
      },
      CHECK_IN,
      { tool: 'closeout.record_checklist', changes: () => ({}) },
    ],
  },
  {
    life: 'held, resumed, held and sent back for another visit',
    steps: [
      TRIAGE,
      DISPATCH,
      CHECK_IN,
      { tool: 'work.hold', changes: to('ON_HOLD') },
      { tool: 'work.resume', changes: to('IN_PROGRESS') },
      { tool: 'work.hold', changes: to('ON_HOLD') },
      { tool: 'work.resume', body: () => ({ return_visit: true }), changes: to('READY_TO_SCHEDULE') },
    ],
  },
  {
    life: 'a change that is denied, and a cancel',
    steps: [
      TRIAGE,
      DISPATCH,
      CHECK_IN,
      REQUEST_CHANGE,
      {
        ...APPROVE,
        body: ({ approvalId }) => ({ approval_id: approvalId, decision: 'DENIED' }),
        changes: to('IN_PROGRESS', { pending_approval: null }),
      },
      { tool: 'ticket.cancel', changes: to('CANCELLED') },
    ],
  },
];

test.each(LIVES)('$life', async ({ steps }) => {
  const life = await lead(await begun.open(), ...steps);
  const { json, headers } = await begun.api.run('ticket.get', { id: life.ticketId, as: 'auditor' });
  expect(json).toEqual(life.ticket);
  expect(headers.etag).toBe(`"${String(life.ticket.version)}"`);
});

test('approval after triage leads to scheduling with the higher limit, or back to triage', async () => {
  for (const [decision, after] of [
    ['APPROVED', { state: 'READY_TO_SCHEDULE', nte_cents: 700 }],
    ['DENIED', { state: 'TRIAGED' }],
  ] as const) {
    const life = await begun.open();
    const asked = { requires_approval: true, approval_amount_delta_cents: 700, approval_reason: 'a big door' };
    const body = { priority: 'ROUTINE', incident_type: 'DOOR_WONT_LATCH', ...asked };
    const triaged = await life.give('ticket.triage', { id: life.ticketId, body });
    const approval = at(triaged.json, 'pending_approval');
    expect(approval).toMatchObject({ approval_type: 'NTE_INCREASE', amount_delta_cents: 700, reason: 'a big door' });
    const decided = await life.give('approval.decide', {
      id: life.ticketId,
      body: { approval_id: at(approval, 'id'), decision },
    });
    expect(decided.json).toMatchObject({ ...after, pending_approval: null });
  }
});

test('a failed inspection is recorded and waits, or sends the work back; evidence that is withdrawn does not count', async () => {
  const life = await lead(await begun.open(), TRIAGE, DISPATCH, CHECK_IN);
  const ids = [];
  for (const key of EVIDENCE) ids.push(await attach(life, key));
  await lead(life, COMPLETE, { ...VERIFY, body: FAIL, changes: () => ({}) });

  const withdraw = { id: life.ticketId, evidenceId: ids[0], as: 'tech' };
  const withdrawn = await life.give('closeout.withdraw_evidence', withdraw);
  expect([withdrawn.status, at(withdrawn.json, 'version')]).toEqual([200, 9]);
  life.ticket = { ...life.ticket, version: 9, updated_at: life.now() };
  const passed = await life.give('qa.verify', { id: life.ticketId });
  expect(passed.json).toMatchObject({
    error: { requirement_code: 'MISSING_EVIDENCE', missing_evidence_keys: [EVIDENCE[0]] },
  });
  expect(outcomeOf(await life.give('closeout.withdraw_evidence', withdraw))).toBe('404 EVIDENCE_NOT_FOUND');
  const { json } = await begun.api.run('closeout.list_evidence', { id: life.ticketId, as: 'auditor' });
  expect(at(json, 'evidence.0.withdrawn')).toBe(true);
  expect(at(json, 'evidence.1.withdrawn')).toBe(false);

  const again = { ...VERIFY, body: () => ({ ...FAIL?.(life), return_to_work: true }), changes: to('IN_PROGRESS') };
  await lead(life, again);
  await attach(life, EVIDENCE[0]);
  await lead(life, COMPLETE, VERIFY);
});
