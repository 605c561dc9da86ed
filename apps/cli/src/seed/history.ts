import { hash } from 'node:crypto';
import { encode, ticketIdOf, ticketStream } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import {
  decide,
  evolve,
  type Given,
  type Instant,
  instantOf,
  type State,
  type Ticket,
  type TicketCommand,
  type Uuid,
} from '@dispatch/ticket';
import { course, givenUp, type Life, type Step } from './course.js';
import { type Ground, groundOf } from './ground.js';
import { type Random, randomOf } from './random.js';
import { type Appending, asked } from './recorded.js';
import { timeline } from './timeline.js';
import { PACE, PRIORITY_WEIGHTS } from './words.js';

export interface HistoryOptions {
  readonly policy: Policy;
  readonly tickets: number;
  readonly seed: number;
  /** Share of tickets that are not yet closed or cancelled, 0 to 1; a tenth by default. Most of them are recent. */
  readonly open?: number;
  /** Where the two years end, milliseconds since 1970: {@link HISTORY_ENDS} by default. */
  readonly until?: number;
}

/** Fixed, so that the same options give the same history on any day. */
export const HISTORY_ENDS = Date.UTC(2026, 9, 1);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SPAN = 730 * DAY;
/** No wait takes more than this part of what is left, so that nothing happens after the end. */
const NEARING = 1 / 8;
const CANCELLED = 0.22;
const SCHEMES = ['s3', 'minio'];

/** Where tickets that go no further stand, and where those that are cancelled were. */
const OPEN: Readonly<Partial<Record<State, number>>> = {
  NEW: 8,
  NEEDS_INFO: 6,
  TRIAGED: 8,
  APPROVAL_REQUIRED: 8,
  READY_TO_SCHEDULE: 12,
  SCHEDULE_PROPOSED: 10,
  SCHEDULED: 18,
  DISPATCHED: 10,
  IN_PROGRESS: 8,
  ON_HOLD: 7,
  COMPLETED_PENDING_VERIFICATION: 5,
  VERIFIED: 4,
  INVOICED: 6,
};
const GIVEN_UP: Readonly<Partial<Record<State, number>>> = {
  NEW: 30,
  NEEDS_INFO: 20,
  TRIAGED: 10,
  APPROVAL_REQUIRED: 5,
  READY_TO_SCHEDULE: 20,
  SCHEDULE_PROPOSED: 15,
  SCHEDULED: 15,
  DISPATCHED: 5,
  IN_PROGRESS: 2,
  ON_HOLD: 3,
};

/** A history as commands would have made it, in the order of time: see {@link chapters}. */
export function* history(options: HistoryOptions): Generator<Appending> {
  for (const chapter of chapters(options)) yield* chapter;
}

/**
 * First the directory, then the tickets, which rest on it: one must stand in the log before the other begins. Every
 * event is what policy and rules allow, and follows from the options alone. Only what happens at the same time is in
 * memory.
 */
export function* chapters(options: HistoryOptions): Generator<Iterable<Appending>> {
  const { policy, tickets, seed, open = 0.1, until = HISTORY_ENDS } = options;
  const digest = hash('sha256', JSON.stringify([seed, tickets, open, until]), 'buffer');
  const randomFor = (index: number) => randomOf(digest.readInt32BE(0), digest.readInt32BE(4), index);
  const ground = groundOf(tickets, randomFor(-1), policy, until - SPAN - DAY);
  yield ground.stated;
  yield lives({ policy, tickets, open, until, ground, randomFor });
}

interface Lives extends Required<Pick<HistoryOptions, 'policy' | 'tickets' | 'open' | 'until'>> {
  readonly ground: Ground;
  readonly randomFor: (index: number) => Random;
}

function* lives({ policy, tickets, open, until, ground, randomFor }: Lives): Generator<Appending> {
  const coming = timeline();
  for (let index = 0; index < tickets; index += 1) {
    const passed = (index + 0.5) / tickets;
    const opensAt = Math.floor(until - SPAN * (1 - passed));
    yield* coming.before(opensAt);
    const random = randomFor(index);
    const isOpen = open > 0 && random.chance(passed ** (1 / open - 1));
    coming.add(lived({ random, ground, policy, opensAt, until, isOpen }));
  }
  yield* coming.before(Infinity);
}

interface Living {
  readonly random: Random;
  readonly ground: Ground;
  readonly policy: Policy;
  readonly opensAt: number;
  readonly until: number;
  readonly isOpen: boolean;
}

/** All that happens to one ticket. */
function lived({ random, ground, policy, opensAt, until, isOpen }: Living): Appending[] {
  const isCancelled = !isOpen && random.chance(CANCELLED);
  const rest = isOpen ? stateFrom(OPEN, random) : isCancelled ? stateFrom(GIVEN_UP, random) : 'CLOSED';
  const priority = random.weighted(PRIORITY_WEIGHTS);
  const life: Life = { random, ground, priority, template: random.one(policy.templates), rest };
  const events: Appending[] = [];
  let ticket: Ticket | undefined;
  let now = opensAt;

  const take = ({ role, after, notBefore = 0, command }: Step): Ticket => {
    const wait = Math.max(random.wait(after * PACE[priority] * MINUTE), notBefore - now);
    now += Math.floor(Math.min(wait, (until - now) * NEARING));
    const assigned = ticket?.assignedTechId;
    const actor = role === 'tech' && assigned ? `tech-${assigned}` : `${role}-${1 + random.whole(5)}`;
    const taken = accepted({ role, actor, command: command(now), ticket, at: instantOf(now), random, policy });
    events.push(taken.appending);
    ticket = taken.ticket;
    return ticket;
  };

  const steps = course(life);
  // At rest some more may come in that moves nothing, such as a photo.
  let more = random.whole(4);
  for (let next = steps.next(); !next.done; ) {
    if (ticket?.state === rest && (moves(policy, next.value) || (more -= 1) < 0)) break;
    next = steps.next(take(next.value));
  }
  if (isCancelled) take(givenUp(random));
  return events;
}

const moves = (policy: Policy, { tool }: Step): boolean => policy.tool(tool)?.to.length !== 0;

const stateFrom = (weights: typeof OPEN, random: Random): State =>
  random.weighted(weights as Readonly<Record<State, number>>);

interface Giving {
  readonly role: string;
  readonly actor: string;
  readonly command: TicketCommand;
  readonly ticket: Ticket | undefined;
  readonly at: Instant;
  readonly random: Random;
  readonly policy: Policy;
}

/** A command that policy and rules accept, as the event that it becomes. Throws when they do not: the course is wrong. */
function accepted({ role, actor, command, ticket, at, random, policy }: Giving) {
  const { tool, input } = command;
  const refusal = policy.refuses(tool, ticket, role);
  if (refusal) throw new Error(`${tool} is refused: ${JSON.stringify(refusal)}`);
  const { evidenceId, ...body } = 'evidenceId' in input ? input : { evidenceId: undefined, ...input };
  const path = { ...(ticket && { id: ticket.id }), ...(evidenceId && { evidenceId }) };
  const { id, metadata } = asked({ tool, role, actor, path, body, at }, policy, random);
  const decision = decide(command, ticket, givenTo(command, role, id, at, policy));
  if ('rejection' in decision) throw new Error(`${tool} is refused: ${JSON.stringify(decision.rejection)}`);
  const ticketId = ticket?.id ?? ticketIdOf(id);
  const revision = ticket ? ticket.version + 1 : 0;
  const appending: Appending = {
    stream: ticketStream(ticketId),
    expected: ticket ? ticket.version : 'none',
    event: encode(decision.event, id, at, metadata),
  };
  return { appending, ticket: evolve(ticket, decision.event, { ticketId, revision, at, by: actor }) };
}

const givenTo = ({ input }: TicketCommand, role: string, id: Uuid, now: Instant, policy: Policy): Given => ({
  now,
  id,
  directory: {
    accountKnown: true,
    siteAccountId: 'accountId' in input ? input.accountId : undefined,
    technicianKnown: true,
  },
  policy: {
    template: policy.template,
    bypassNeedsManager: policy.bypassNeedsManager,
    mayConfirmAnyWindow: policy.mayConfirmAnyWindow(role),
  },
  objectStoreSchemes: SCHEMES,
  absentEvidence: [],
});
