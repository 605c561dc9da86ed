import {
  APPROVAL_TYPES,
  type CloseoutTemplate,
  HOLD_REASONS,
  instantOf,
  pendingApproval,
  type Priority,
  REASSIGN_REASONS,
  REQUESTERS,
  roundCents,
  SIGNATURE_KEY,
  type State,
  type Ticket,
  type TicketCommand,
  type TicketCommands,
  type Tool,
} from '@dispatch/ticket';
import type { Ground } from './ground.js';
import type { Random } from './random.js';
import * as words from './words.js';

/** One command of a ticket's life, and how long after the one before. */
export interface Step {
  readonly role: string;
  readonly tool: Tool;
  /** Routine minutes: urgent tickets take less. */
  readonly after: number;
  /** Nor before this time, such as that of the agreed window (milliseconds since 1970). */
  readonly notBefore?: number;
  /** What is asked, at that time (milliseconds since 1970). */
  readonly command: (now: number) => TicketCommand;
}

export interface Life {
  readonly random: Random;
  readonly ground: Ground;
  readonly priority: Priority;
  readonly template: CloseoutTemplate;
  /** The course is to come through this state. */
  readonly rest: State;
}

/** Asks for steps with the ticket as the last one left it. */
type Course = Generator<Step, Ticket, Ticket>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SCHEDULING: readonly State[] = ['READY_TO_SCHEDULE', 'SCHEDULE_PROPOSED', 'SCHEDULED'];

function step<T extends Tool>(role: string, tool: T, after: number, input: (now: number) => TicketCommands[T]): Step {
  return { role, tool, after, command: (now) => ({ tool, input: input(now) }) as TicketCommand };
}

/** The ordinary way of a ticket from the call to the invoice, with the detours that chance or `rest` asks for. */
export function* course(life: Life): Course {
  const { random, priority, rest } = life;
  const approvalAtTriage = rest !== 'TRIAGED' && random.chance(rest === 'APPROVAL_REQUIRED' ? 0.5 : 0.06);
  const bypass = priority === 'EMERGENCY' && !approvalAtTriage && !SCHEDULING.includes(rest);
  let ticket = yield* intake(life, bypass, approvalAtTriage);
  const changeAtWork = rest === 'APPROVAL_REQUIRED' ? !approvalAtTriage : random.chance(0.08);
  ticket = yield* visit(life, ticket, bypass);
  ticket = yield* work(life, ticket, changeAtWork);
  return yield* closeout(life, ticket);
}

function* intake({ random, ground, priority, template, rest }: Life, bypass: boolean, approval: boolean): Course {
  const { id: siteId, accountId } = random.one(ground.sites);
  let ticket = yield step('agent', 'ticket.create', 0, () => ({
    accountId,
    siteId,
    summary: `${random.one(words.SUMMARIES)} (${1 + random.whole(900)})`,
    description: random.chance(0.5)
      ? 'Reported by the shop; it worked yesterday. Please call before you come.'
      : undefined,
    nteCents: roundCents(10_000 * (1 + random.whole(20))),
    channel: random.one(words.CHANNELS),
  }));
  if (rest === 'NEEDS_INFO' || random.chance(0.15))
    ticket = yield step('agent', 'ticket.request_info', 20, () => ({
      missingFields: words.MISSING.slice(random.whole(words.MISSING.length)),
    }));
  if (random.chance(0.1)) ticket = yield evidence('agent', ticket, random, 'PHOTO', 'photo_from_requester', 60);
  const ready = !bypass && !approval && rest !== 'TRIAGED' && random.chance(0.95);
  const triage = (after: number, more: Partial<TicketCommands['ticket.triage']>) =>
    step('dispatcher', 'ticket.triage', after, () => ({
      priority,
      incidentType: template.incidentType,
      riskFlags: words.RISKS.filter(() => random.chance(0.1)),
      ...more,
    }));
  ticket = yield triage(90, approval ? question(random) : ready ? { readyToSchedule: true } : {});
  if (ticket.state === 'APPROVAL_REQUIRED') ticket = yield decided(ticket, random);
  if (ticket.state === 'TRIAGED' && !bypass) ticket = yield triage(240, { workflowOutcome: 'READY_TO_SCHEDULE' });
  return ticket;
}

/** Until a technician is at work on site. */
function* visit({ random, ground, rest }: Life, before: Ticket, bypass: boolean): Course {
  let ticket = before;
  const technician = random.one(ground.technicians);
  const send = { techId: technician.id, providerId: technician.providerId };
  if (bypass) {
    ticket = yield step('dispatcher', 'assignment.dispatch', 60, () => ({
      ...send,
      dispatchMode: 'EMERGENCY_BYPASS',
      reason: random.one(words.BYPASS_REASONS),
      managerConfirmation: { managerId: 'manager-1' },
    }));
  } else {
    do {
      ticket = yield* schedule(random, ticket);
      if (random.chance(0.93) || rest === 'DISPATCHED') break;
      ticket = yield step('customer', 'schedule.reschedule', 300, () => ({
        reason: random.one(words.WHY_RESCHEDULED),
        requestedBy: random.one(REQUESTERS),
      }));
    } while (ticket.state === 'READY_TO_SCHEDULE');
    ticket = yield step('dispatcher', 'assignment.dispatch', 240, () => send);
  }
  if (random.chance(0.05))
    ticket = yield step('dispatcher', 'assignment.reassign', 60, () => ({
      overrideType: 'reassign_tech',
      reasonCode: random.one(REASSIGN_REASONS),
      note: random.one(words.WHY_REASSIGNED),
      techId: random.one(ground.technicians).id,
    }));
  return yield {
    ...step('tech', 'tech.check_in', 60, (now) => ({ timestamp: instantOf(now) })),
    notBefore: ticket.window ? Date.parse(ticket.window.start) : 0,
  };
}

function* schedule(random: Random, before: Ticket): Course {
  let ticket = before;
  const days = 1 + random.whole(5);
  ticket = yield step('dispatcher', 'schedule.propose', 180, (now) => ({
    options: Array.from({ length: 1 + random.whole(3) }, (_, option) => {
      const start = (Math.floor(now / (24 * HOUR)) + days + option) * 24 * HOUR + (8 + random.whole(8)) * HOUR;
      return { start: instantOf(start), end: instantOf(start + 2 * HOUR) };
    }),
  }));
  const chosen = random.one(ticket.scheduleOptions);
  return yield step(random.chance(0.7) ? 'customer' : 'dispatcher', 'schedule.confirm', 480, () => chosen);
}

/** On site: holds, changes and return visits included, until the work can be declared done. */
function* work(life: Life, before: Ticket, change: boolean): Course {
  const { random, template, rest } = life;
  let ticket = before;
  if (change) {
    ticket = yield step('tech', 'tech.request_change', 20, () => ({
      approvalType: random.one(APPROVAL_TYPES),
      reason: random.one(words.WHY_CHANGED),
      amountDeltaCents: roundCents(5_000 * (1 + random.whole(10))),
    }));
    ticket = yield decided(ticket, random);
  }
  if (rest === 'ON_HOLD' || random.chance(0.07)) {
    const again = random.chance(0.3);
    ticket = yield step('tech', 'work.hold', 30, () => ({
      reasonCode: random.one(HOLD_REASONS),
      note: random.one(words.WHY_HELD),
    }));
    ticket = yield step('dispatcher', 'work.resume', 1_500, () => ({ returnVisit: again }));
    if (again) ticket = yield* visit(life, ticket, false);
  }
  for (const key of template.evidenceKeys.filter((key) => key !== SIGNATURE_KEY))
    ticket = yield evidence('tech', ticket, random, key.startsWith('photo') ? 'PHOTO' : 'NOTE', key, 12);
  if (random.chance(0.03)) {
    const wrong = random.one(ticket.evidence);
    ticket = yield step('tech', 'closeout.withdraw_evidence', 3, () => ({
      evidenceId: wrong.id,
      reason: random.one(words.WHY_FAILED),
    }));
    ticket = yield evidence('tech', ticket, random, wrong.kind, wrong.evidenceKey ?? 'photo_of_the_site', 3);
  }
  return ticket;
}

function* closeout(life: Life, before: Ticket): Course {
  const { random, template } = life;
  let ticket = before;
  const done = Object.fromEntries(template.checklistKeys.map((key) => [key, true]));
  if (random.chance(0.25))
    ticket = yield step('tech', 'closeout.record_checklist', 5, () => ({
      items: Object.fromEntries(template.checklistKeys.map((key) => [key, random.chance(0.6)])),
    }));
  const signed = random.chance(0.4);
  if (signed) ticket = yield evidence('tech', ticket, random, 'SIGNATURE', SIGNATURE_KEY, 5);
  let fails = random.chance(0.05) ? 1 : 0;
  do {
    ticket = yield step('tech', 'tech.complete', 20, (now) => ({
      checklistStatus: done,
      noSignatureReason: signed ? undefined : random.one(words.WHY_UNSIGNED),
      timestamp: instantOf(now),
      laborMinutes: 15 + random.whole(240),
    }));
    const passes = fails === 0;
    ticket = yield step('qa', 'qa.verify', 900, (now) => ({
      timestamp: instantOf(now),
      ...(passes ? { result: 'PASS' } : { result: 'FAIL', notes: random.one(words.WHY_FAILED), returnToWork: true }),
    }));
    fails -= 1;
  } while (ticket.state === 'IN_PROGRESS');
  ticket = yield step('finance', 'billing.generate_invoice', 2_000, () => ({
    lineItems: [
      { description: 'Call-out', quantity: 1, unitCents: roundCents(15_000) },
      { description: 'Labour, hours', quantity: (1 + random.whole(12)) / 4, unitCents: roundCents(9_500) },
    ],
  }));
  return yield step('finance', 'ticket.close', 3_000, () => ({}));
}

/** The last step of a ticket that nobody wants any more. */
export const givenUp = (random: Random): Step =>
  step('dispatcher', 'ticket.cancel', 1_000, () => ({ reason: random.one(words.WHY_CANCELLED) }));

const question = (random: Random) => ({
  requiresApproval: true,
  approvalReason: 'The limit will not cover a new operator',
  approvalAmountDeltaCents: roundCents(10_000 * (1 + random.whole(9))),
});

function decided(ticket: Ticket, random: Random): Step {
  const approval = pendingApproval(ticket);
  if (!approval) throw new Error(`ticket ${ticket.id} waits for no approval`);
  return step('approver', 'approval.decide', 700, () => ({
    approvalId: approval.id,
    decision: random.chance(0.85) ? 'APPROVED' : 'DENIED',
  }));
}

function evidence(role: string, ticket: Ticket, random: Random, kind: string, key: string, after: number): Step {
  const name = `${key}-${random.whole(1_000_000)}`;
  return step(role, 'closeout.add_evidence', after, () => ({
    kind,
    uri: `s3://dispatch-evidence/${ticket.id}/${name}`,
    evidenceKey: key,
    metadata: { bytes: 40_000 + random.whole(4_000_000) },
  }));
}
