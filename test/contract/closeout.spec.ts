import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, startApi } from '../support/api.js';
import { DONE, EVIDENCE, groundOf, type Tickets } from '../support/tickets.js';
import { body, expectError, KEY } from './error-body.js';

let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
});
afterAll(() => api.close());

interface Case {
  readonly code: string;
  readonly incidentType?: string;
  /** Evidence keys that are attached, each with its URI where it is not a good one. */
  readonly attached: Readonly<Record<string, string | undefined>>;
  readonly declared: object;
  /** What stands in the details, where it is not empty or of the usual incident. */
  readonly details: object;
}

const all = Object.fromEntries(EVIDENCE.map((key) => [key, undefined]));
const signed = { no_signature_reason: 'nobody was there to sign' };
const [first, second, third] = EVIDENCE;
const SIGNATURE = 'signature_or_no_signature_reason';

const CASES: readonly Case[] = [
  {
    code: 'TEMPLATE_NOT_FOUND',
    incidentType: 'HAUNTED_DOOR',
    attached: {},
    declared: { checklist_status: {} },
    details: { incident_type: 'HAUNTED_DOOR', template_version: null },
  },
  {
    code: 'MISSING_SIGNATURE_CONFIRMATION',
    attached: { ...all, [first]: 'ftp://x/y' },
    declared: { checklist_status: DONE },
    details: { missing_evidence_keys: [SIGNATURE] },
  },
  {
    code: 'INVALID_EVIDENCE_REFERENCE',
    attached: { [first]: 's3:///no-bucket', [second]: 's3://bucket/', [third]: 'file:///etc/passwd' },
    declared: { checklist_status: DONE, ...signed },
    details: { invalid_evidence_refs: ['file:///etc/passwd', 's3:///no-bucket', 's3://bucket/'] },
  },
  {
    code: 'INVALID_EVIDENCE_REFERENCE',
    attached: all,
    declared: { checklist_status: DONE, ...signed, evidence_refs: ['s3://another/ticket', `s3://evidence/${first}`] },
    details: { invalid_evidence_refs: ['s3://another/ticket'] },
  },
  {
    code: 'MISSING_EVIDENCE',
    attached: { [second]: undefined, signature_or_no_signature_reason: undefined },
    declared: { checklist_status: DONE },
    details: { missing_evidence_keys: [first, third].sort() },
  },
  {
    code: 'MISSING_CHECKLIST',
    attached: all,
    declared: { checklist_status: { ...DONE, work_performed: false, resolution_status: false }, ...signed },
    details: { missing_checklist_keys: ['resolution_status', 'work_performed'] },
  },
  {
    code: 'MISSING_REQUIREMENTS',
    attached: { [first]: undefined, [second]: undefined },
    declared: { checklist_status: {}, ...signed },
    details: { missing_evidence_keys: [third], missing_checklist_keys: Object.keys(DONE).sort() },
  },
];

test.each(CASES)('$code', async ({ code, incidentType, attached, declared, details }) => {
  const id = await tickets.ticketIn('NEW');
  const triage = { ...tickets.bodies['ticket.triage'], ...(incidentType && { incident_type: incidentType }) };
  await tickets.give('ticket.triage', { id, body: triage });
  await tickets.give('assignment.dispatch', { id });
  await tickets.give('tech.check_in', { id });
  for (const [key, uri = `s3://evidence/${key}`] of Object.entries(attached)) {
    const reply = await tickets.give('closeout.add_evidence', { id, body: { kind: 'PHOTO', uri, evidence_key: key } });
    expect(reply.status).toBe(201);
  }
  const before = await api.store.head();
  expectError(await tickets.give('tech.complete', { id, key: KEY, body: declared }), 409, {
    error: {
      ...body('CLOSEOUT_REQUIREMENTS_INCOMPLETE').error,
      requirement_code: code,
      incident_type: 'CANNOT_SECURE_ENTRY',
      template_version: '1.0.0',
      missing_evidence_keys: [],
      missing_checklist_keys: [],
      invalid_evidence_refs: [],
      ...details,
      policy_error: { dimension: 'evidence', code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE', requirement_code: code },
    },
  });
  expect(await api.store.head()).toBe(before);
});

test('the recorded draft is what completion starts from', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  for (const key of EVIDENCE)
    await tickets.give('closeout.add_evidence', {
      id,
      body: { kind: 'PHOTO', uri: `minio://b/${key}`, evidence_key: key },
    });
  const draft = { items: { ...DONE, work_performed: false }, ...signed };
  await tickets.give('closeout.record_checklist', { id, body: draft });
  const refused = await tickets.give('tech.complete', { id, body: { checklist_status: {} } });
  expect(refused.json).toMatchObject({ error: { missing_checklist_keys: ['work_performed'] } });
  const completed = await tickets.give('tech.complete', { id, body: { checklist_status: { work_performed: true } } });
  expect(completed.json).toMatchObject({ state: 'COMPLETED_PENDING_VERIFICATION' });
});
