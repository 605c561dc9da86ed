import { randomUUID } from 'node:crypto';
import type { Request } from './client.js';

/** What the story has learnt so far: ids that later steps need. */
export interface Memory {
  readonly account: string;
  readonly site: string;
  readonly technician: string;
  ticket: string;
  approval: string;
}

export interface Step {
  readonly told: string;
  readonly request: (memory: Memory) => Request;
  /** What the answer must be: the status, and values by path such as `error.code`. */
  readonly expect: { readonly status: number; readonly values?: Readonly<Record<string, unknown>> };
  /** Values of the answer that are remembered. */
  readonly learn?: Readonly<Partial<Record<'ticket' | 'approval', string>>>;
  /** The same request once more: it must be answered from the log, byte for byte. */
  readonly twice?: true;
}

const EVIDENCE = [
  'photo_before_security_risk',
  'photo_after_temporary_or_permanent_securement',
  'note_risk_mitigation_and_customer_handoff',
] as const;
const CHECKLIST = [
  'work_performed',
  'parts_used_or_needed',
  'resolution_status',
  'onsite_photos_after',
  'billing_authorization',
] as const;

export const memory = (): Memory => ({
  account: randomUUID(),
  site: randomUUID(),
  technician: randomUUID(),
  ticket: '',
  approval: '',
});

const now = () => new Date().toISOString();
const done = Object.fromEntries(CHECKLIST.map((key) => [key, true]));

/** A command on the ticket of the story. */
const command =
  (role: string, path: string, body: (memory: Memory) => object) =>
  (memory: Memory): Request => ({
    method: 'POST',
    path: `/tickets/${memory.ticket}/${path}`,
    role,
    body: body(memory),
  });

const put =
  (path: (memory: Memory) => string, body: (memory: Memory) => object) =>
  (memory: Memory): Request => ({
    method: 'PUT',
    path: path(memory),
    role: 'dispatcher',
    body: body(memory),
  });

/** The canonical emergency: a shop door that cannot be locked, at night. */
export const story: readonly Step[] = [
  {
    told: 'An account is registered',
    request: put(
      ({ account }) => `/accounts/${account}`,
      () => ({ name: 'Harbour Books' }),
    ),
    expect: { status: 201, values: { name: 'Harbour Books' } },
  },
  {
    told: 'Its site is registered',
    request: put(
      ({ site }) => `/sites/${site}`,
      ({ account }) => ({
        account_id: account,
        name: 'Harbour Books, Pier 4',
        address1: '4 Pier Road',
        city: 'Oakland',
        region: 'CA',
        contacts: [{ name: 'Ines', phone: '+1 510 555 0100', is_authorized_requester: true, escalation_level: 1 }],
      }),
    ),
    expect: { status: 201, values: { timezone: 'America/Los_Angeles' } },
  },
  {
    told: 'A technician is registered',
    request: put(
      ({ technician }) => `/technicians/${technician}`,
      () => ({ name: 'Mo', skills: ['locks', 'doors'] }),
    ),
    expect: { status: 201, values: { active: true } },
  },
  {
    told: 'An agent opens a ticket for the call that came in',
    request: ({ account, site }) => ({
      method: 'POST',
      path: '/tickets',
      role: 'agent',
      body: {
        account_id: account,
        site_id: site,
        summary: 'Shop door will not lock',
        nte_cents: 50_000,
        channel: 'phone',
      },
    }),
    expect: { status: 201, values: { state: 'NEW', priority: 'ROUTINE', version: 0 } },
    learn: { ticket: 'id' },
  },
  {
    told: 'A dispatcher triages it: an emergency, the entry cannot be secured',
    request: command('dispatcher', 'triage', () => ({ priority: 'EMERGENCY', incident_type: 'CANNOT_SECURE_ENTRY' })),
    expect: { status: 200, values: { state: 'TRIAGED', priority: 'EMERGENCY' } },
  },
  {
    told: 'The technician is sent at once, past the schedule',
    request: command('dispatcher', 'assignment/dispatch', ({ technician }) => ({
      tech_id: technician,
      dispatch_mode: 'EMERGENCY_BYPASS',
      reason: 'The shop stands open to the street',
    })),
    expect: { status: 200, values: { state: 'DISPATCHED' } },
  },
  {
    told: 'The technician checks in',
    request: command('tech', 'tech/check-in', () => ({ timestamp: now() })),
    expect: { status: 200, values: { state: 'IN_PROGRESS' } },
  },
  {
    told: 'Completion without evidence is refused, and nothing changes',
    request: command('tech', 'tech/complete', () => ({
      checklist_status: done,
      no_signature_reason: 'Nobody was there to sign at night',
    })),
    expect: {
      status: 409,
      values: {
        'error.code': 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        'error.requirement_code': 'MISSING_EVIDENCE',
        'error.missing_evidence_keys': [...EVIDENCE].sort(),
        'error.policy_error.dimension': 'evidence',
      },
    },
  },
  {
    told: 'A new lock is needed: the technician asks for a higher limit',
    request: command('tech', 'tech/request-change', () => ({
      approval_type: 'NTE_INCREASE',
      reason: 'The lock case is broken and must be replaced',
      amount_delta_cents: 25_000,
    })),
    expect: { status: 200, values: { 'ticket.state': 'APPROVAL_REQUIRED', 'approval.status': 'PENDING' } },
    learn: { approval: 'approval.id' },
  },
  {
    told: 'An approver grants it; work goes on and the limit has risen',
    request: command('approver', 'approval/decide', ({ approval }) => ({
      approval_id: approval,
      decision: 'APPROVED',
    })),
    expect: { status: 200, values: { state: 'IN_PROGRESS', nte_cents: 75_000, pending_approval: null } },
  },
  ...EVIDENCE.map(
    (key, index): Step => ({
      told: `Evidence is attached: ${key}${index === 0 ? ' (sent twice, as a phone in a stairwell does)' : ''}`,
      request: command('tech', 'evidence', ({ ticket }) => ({
        kind: key.startsWith('photo') ? 'PHOTO' : 'NOTE',
        uri: `s3://evidence/${ticket}/${key}`,
        evidence_key: key,
      })),
      expect: { status: 201, values: { 'metadata.evidence_key': key, withdrawn: false } },
      ...(index === 0 && { twice: true }),
    }),
  ),
  {
    told: 'The technician completes the work',
    request: command('tech', 'tech/complete', () => ({
      checklist_status: done,
      no_signature_reason: 'Nobody was there to sign at night',
    })),
    expect: { status: 200, values: { state: 'COMPLETED_PENDING_VERIFICATION' } },
  },
  {
    told: 'QA verifies it',
    request: command('qa', 'qa/verify', () => ({ timestamp: now(), result: 'PASS' })),
    expect: { status: 200, values: { state: 'VERIFIED' } },
  },
  {
    told: 'Finance writes the invoice',
    request: command('finance', 'billing/generate-invoice', () => ({
      line_items: [
        { description: 'Emergency call-out', quantity: 1, unit_cents: 30_000 },
        { description: 'Lock case, fitted', quantity: 1, unit_cents: 42_500 },
      ],
    })),
    expect: { status: 200, values: { state: 'INVOICED' } },
  },
  {
    told: 'The ticket is closed',
    request: command('finance', 'close', () => ({})),
    expect: { status: 200, values: { state: 'CLOSED' } },
  },
];
