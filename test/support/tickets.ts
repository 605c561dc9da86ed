import { randomUUID } from 'node:crypto';
import { type Api, outcomeOf, textAt, type ToolAsk } from './api.js';

/** Directory entities that tickets are made of. */
export interface Ground {
  readonly accountId: string;
  readonly siteId: string;
  readonly techId: string;
}

export const EVIDENCE = [
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

/** Every box ticked. */
export const DONE = Object.fromEntries(CHECKLIST.map((key) => [key, true]));

export const WINDOW = { start: '2026-03-02T09:00:00.000Z', end: '2026-03-02T11:00:00.000Z' };
const NOW = '2026-03-01T08:00:00.000Z';

/** A body that each command accepts in its ordinary state. `approvalId`: the pending one. */
export const bodiesOn = ({ accountId, siteId, techId }: Ground, approvalId: string = randomUUID()) =>
  ({
    'ticket.create': { account_id: accountId, site_id: siteId, summary: 'Shop door will not lock' },
    'ticket.request_info': { missing_fields: ['photo of the lock'] },
    'ticket.triage': { priority: 'EMERGENCY', incident_type: 'CANNOT_SECURE_ENTRY' },
    'schedule.propose': { options: [WINDOW] },
    'schedule.confirm': WINDOW,
    'schedule.reschedule': { reason: 'the shop is closed then', requested_by: 'customer' },
    'assignment.dispatch': {
      tech_id: techId,
      dispatch_mode: 'EMERGENCY_BYPASS',
      reason: 'the shop stands open to the street',
    },
    'assignment.reassign': {
      override_type: 'reassign_tech',
      reason_code: 'capacity',
      note: 'another job runs late',
      tech_id: techId,
    },
    'tech.check_in': { timestamp: NOW },
    'tech.request_change': {
      approval_type: 'NTE_INCREASE',
      reason: 'the lock case is broken',
      amount_delta_cents: 500,
    },
    'approval.decide': { approval_id: approvalId, decision: 'APPROVED' },
    'work.hold': { reason_code: 'PARTS_ORDERED', note: 'a lock case is on its way' },
    'work.resume': {},
    'closeout.add_evidence': { kind: 'PHOTO', uri: 's3://evidence/photo.jpg' },
    'closeout.withdraw_evidence': { reason: 'the photo shows another door' },
    'closeout.record_checklist': { items: { work_performed: true } },
    'tech.complete': { checklist_status: DONE, no_signature_reason: 'nobody was there to sign' },
    'qa.verify': { timestamp: NOW, result: 'PASS' },
    'billing.generate_invoice': { line_items: [{ description: 'Call-out', quantity: 1, unit_cents: 30_000 }] },
    'ticket.close': {},
    'ticket.cancel': { reason: 'the customer called it off' },
    'account.put': { name: 'Harbour Books' },
    'site.put': { account_id: accountId, name: 'Pier 4', address1: '4 Pier Road', city: 'Oakland' },
    'technician.put': { name: 'Mo' },
  }) as const;

export type Command = keyof ReturnType<typeof bodiesOn>;
type Step = readonly [tool: Command, body?: object];

const ready: readonly Step[] = [['ticket.triage', { ready_to_schedule: true }]];
const proposed: readonly Step[] = [...ready, ['schedule.propose']];
const sent: readonly Step[] = [['ticket.triage'], ['assignment.dispatch']];
const atWork: readonly Step[] = [...sent, ['tech.check_in']];
const completed: readonly Step[] = [
  ...atWork,
  ...EVIDENCE.map((key): Step => ['closeout.add_evidence', { evidence_key: key }]),
  ['tech.complete'],
];
const verified: readonly Step[] = [...completed, ['qa.verify']];
const invoiced: readonly Step[] = [...verified, ['billing.generate_invoice']];

/** A way to every state that a ticket can rest in: ON_SITE is passed only. */
const WAYS = {
  NEW: [],
  NEEDS_INFO: [['ticket.request_info']],
  TRIAGED: [['ticket.triage']],
  READY_TO_SCHEDULE: ready,
  SCHEDULE_PROPOSED: proposed,
  SCHEDULED: [...proposed, ['schedule.confirm']],
  DISPATCHED: sent,
  IN_PROGRESS: atWork,
  APPROVAL_REQUIRED: [...atWork, ['tech.request_change']],
  ON_HOLD: [...atWork, ['work.hold']],
  COMPLETED_PENDING_VERIFICATION: completed,
  VERIFIED: verified,
  INVOICED: invoiced,
  CLOSED: [...invoiced, ['ticket.close']],
  CANCELLED: [['ticket.cancel']],
} satisfies Record<string, readonly Step[]>;

export type Resting = keyof typeof WAYS;
const isResting = (state: string): state is Resting => Object.hasOwn(WAYS, state);
export const RESTING_STATES: readonly Resting[] = Object.keys(WAYS).filter(isResting);

export interface Tickets extends Ground {
  readonly bodies: ReturnType<typeof bodiesOn>;
  /** The id of a new ticket, brought into the state by commands. */
  ticketIn(state: Resting): Promise<string>;
  /** A command with its ordinary body, by somebody who may give it. */
  give(tool: Command, ask?: ToolAsk): ReturnType<Api['run']>;
}

/** An account with a site, and a technician: what tickets need before there can be any. */
export async function groundOf(api: Api): Promise<Tickets> {
  const ground = { accountId: randomUUID(), siteId: randomUUID(), techId: randomUUID() };
  const bodies = bodiesOn(ground);
  const give: Tickets['give'] = (tool, ask = {}) =>
    api.run(tool, { as: somebody(api, tool), body: bodies[tool], ...ask });
  const must = async (tool: Command, ask: ToolAsk) => {
    const reply = await give(tool, ask);
    if (reply.status >= 300) throw new Error(`${tool}: ${outcomeOf(reply)} ${reply.text}`);
    return reply;
  };
  await must('account.put', { id: ground.accountId });
  await must('site.put', { id: ground.siteId });
  await must('technician.put', { id: ground.techId });
  return {
    ...ground,
    bodies,
    give,
    async ticketIn(state) {
      const id = textAt(await must('ticket.create', {}), 'id');
      for (const [tool, more] of WAYS[state]) await must(tool, { id, body: { ...bodies[tool], ...more } });
      return id;
    },
  };
}

/** The first role of the tool's row. */
const somebody = ({ policy }: Api, tool: Command): string =>
  (policy.tool(tool) ?? policy.directoryTool(tool))?.roles[0] ?? 'nobody';
