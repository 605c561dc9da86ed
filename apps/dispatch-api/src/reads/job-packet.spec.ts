import { join } from 'node:path';
import { loadPolicy, type Policy } from '@dispatch/policy';
import type { JobPacket } from '@dispatch/projections';
import { parseCents, type Ticket, type TicketEvent } from '@dispatch/ticket';
import { beforeAll, expect, test } from '@jest/globals';
import * as happened from '../../../../libs/ticket/src/testing/events.js';
import { folded } from '../../../../libs/ticket/src/testing/scenario.js';
import { approvalId, siteId } from '../../../../libs/ticket/src/testing/values.js';
import { closeoutOf, packetBody } from './job-packet.js';

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(join(import.meta.dirname, '../../../../policy'));
});

const shown = (ticket: Ticket, more: Partial<JobPacket> = {}) => {
  const packet: JobPacket = {
    ticket,
    checklist_source: 'none_recorded',
    stale: false,
    site: null,
    sealed_by: null,
    contact: null,
    contact_place: null,
    ...more,
  };
  return packetBody(packet, closeoutOf(ticket, policy, ['s3']));
};
const gateOf = (ticket: Ticket) => shown(ticket).closeout_gate;

const atWork = [
  happened.created({ description: 'it sticks' }),
  happened.triaged({ incidentType: 'DOOR_WONT_LATCH' }),
  happened.checkedIn(),
];
const KEYS = ['note_adjustments_and_test_cycles', 'photo_after_latched_alignment', 'photo_before_door_edge_and_strike'];
const photo = (evidenceKey: string, uri = 's3://evidence/photo.jpg') => happened.evidenceAdded({ evidenceKey, uri });
const BOXES = [
  'work_performed',
  'parts_used_or_needed',
  'resolution_status',
  'onsite_photos_after',
  'billing_authorization',
];
const ticked = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, true]));

test('the gate says what tech.complete would, check by check', () => {
  const untriaged = folded(happened.created());
  expect(gateOf(untriaged)).toMatchObject({ ready: false, code: 'TEMPLATE_NOT_FOUND', incident_type: null });
  expect(gateOf(folded(...atWork))).toEqual({
    ready: false,
    code: 'MISSING_SIGNATURE_CONFIRMATION',
    incident_type: 'DOOR_WONT_LATCH',
    template_version: '1.0.0',
    missing_evidence_keys: ['signature_or_no_signature_reason'],
    missing_checklist_keys: [],
    invalid_evidence_refs: [],
    signature_satisfied: false,
    no_signature_reason: null,
  });
  const unsigned = happened.checklistRecorded({ items: ticked(...BOXES), noSignatureReason: 'nobody was there' });
  expect(gateOf(folded(...atWork, unsigned))).toMatchObject({
    code: 'MISSING_EVIDENCE',
    missing_evidence_keys: KEYS,
    signature_satisfied: true,
    no_signature_reason: 'nobody was there',
  });
  expect(gateOf(folded(...atWork, unsigned, photo(KEYS[0] ?? '', 'http://elsewhere/a.jpg')))).toMatchObject({
    code: 'INVALID_EVIDENCE_REFERENCE',
    invalid_evidence_refs: ['http://elsewhere/a.jpg'],
  });
  const all = KEYS.map((key) => photo(key));
  const signed = happened.checklistRecorded({ items: {}, noSignatureReason: 'nobody was there' });
  expect(gateOf(folded(...atWork, ...all, signed))).toMatchObject({
    code: 'MISSING_CHECKLIST',
    missing_checklist_keys: [...BOXES].sort(),
  });
  expect(gateOf(folded(...atWork, ...all, unsigned))).toMatchObject({
    ready: true,
    code: null,
    template_version: '1.0.0',
    missing_evidence_keys: [],
    missing_checklist_keys: [],
  });
});

test('what the template asks for, in its order, with what is there', () => {
  const [key = ''] = KEYS;
  const body = shown(
    folded(...atWork, photo(key), happened.checklistRecorded({ items: ticked('work_performed', 'unasked') })),
    { checklist_source: 'recorded_checklist' },
  );
  const template = policy.template('DOOR_WONT_LATCH');
  expect(body.evidence_requirements).toEqual({
    template_version: '1.0.0',
    required_evidence: template?.evidenceKeys.map((one) => ({ key: one, present: one === key })),
    evidence_items: [expect.objectContaining({ metadata: { evidence_key: key }, withdrawn: false })],
  });
  expect(body.checklist).toEqual({
    required_items: template?.checklistKeys.map((one) => ({ key: one, checked: one === 'work_performed' })),
    source: 'recorded_checklist',
  });
});

test('evidence that is withdrawn is shown and does not count', () => {
  const [key = ''] = KEYS;
  const { required_evidence, evidence_items } = shown(
    folded(...atWork, photo(key), happened.evidenceWithdrawn()),
  ).evidence_requirements;
  expect(required_evidence.some(({ present }) => present)).toBe(false);
  expect(evidence_items).toMatchObject([{ withdrawn: true }]);
});

test('an unknown incident type has no requirements to show', () => {
  const { evidence_requirements, checklist } = shown(
    folded(happened.created(), happened.triaged({ incidentType: 'HAUNTED' })),
  );
  expect([evidence_requirements, checklist.required_items]).toEqual([
    { template_version: null, required_evidence: [], evidence_items: [] },
    [],
  ]);
});

test('what is authorised, and what was asked for beyond it', () => {
  const cents = parseCents(12_345);
  if (cents === undefined) throw new Error('no cents');
  const { approval } = happened.changeRequested().data;
  const asked = happened.changeRequested({
    approval: { ...approval, amountDeltaCents: cents, reason: 'a new closer' },
  });
  const constraints = (...more: readonly TicketEvent[]) =>
    shown(folded(...atWork, ...more)).work_scope.authorized_scope_constraints;
  expect(constraints()).toEqual(['Not to exceed 0.00 USD']);
  expect(constraints(asked)).toEqual([
    'Not to exceed 0.00 USD',
    'Not decided yet: NTE_INCREASE over 123.45 USD, a new closer',
  ]);
  expect(constraints(asked, happened.approvalDecided({ approvalId, nteCents: cents }))).toEqual([
    'Not to exceed 123.45 USD',
    'Approved: NTE_INCREASE over 123.45 USD, a new closer',
  ]);
  expect(constraints(happened.changeRequested(), happened.approvalDecided({ decision: 'DENIED' }))).toEqual([
    'Not to exceed 0.00 USD',
    'Denied: NTE_INCREASE, the closer is worn out',
  ]);
});

test('the site as the directory states it, or only its id', () => {
  const site = { name: 'Pier 4', address1: '4 Pier Road', city: 'Oakland', timezone: 'America/Los_Angeles' };
  const contact = { name: 'Ines', phone: '1', role: null };
  expect(shown(folded(...atWork), { site, contact }).site_and_access).toEqual({
    site_id: siteId,
    site_name: 'Pier 4',
    address: {
      address1: '4 Pier Road',
      address2: null,
      city: 'Oakland',
      region: null,
      postal_code: null,
      country: null,
    },
    timezone: 'America/Los_Angeles',
    access_instructions: null,
    onsite_contact: contact,
  });
  expect(shown(folded(...atWork)).site_and_access).toMatchObject({
    site_id: siteId,
    site_name: null,
    onsite_contact: null,
  });
});
