import { expect } from '@jest/globals';
import type { TicketCommand } from '../commands.js';
import type { Rejection } from '../decision.js';
import type { TicketEvent } from '../events.js';
import type { Given } from '../given.js';
import type { Stamp, Ticket } from '../state.js';
import { decide, evolve } from '../ticket.js';
import { templateOf } from './templates.js';
import { accountId, actor, at, newId, ticketId } from './values.js';

/**
 * A rule by example: events that happened, a command, and the event or refusal that it meets. Ends with `then`
 * or `rejects`, which compare whole values. The `then` makes the chain a thenable: end it, never await or
 * return it half way.
 */
export const given = (...history: readonly TicketEvent[]) => ({
  when(command: TicketCommand, facts: Given = givenFacts()) {
    const decision = () => decide(frozen(command), history.length > 0 ? folded(...history) : undefined, frozen(facts));
    return {
      then(event: TicketEvent): void {
        expect(decision()).toStrictEqual({ event });
      },
      rejects(rejection: Rejection): void {
        expect(decision()).toStrictEqual({ rejection });
      },
    };
  },
});

/** What a rule is told beside the ticket: all known, all allowed, unless said otherwise. */
export function givenFacts(facts: Varied = {}): Given {
  return {
    now: at(200),
    id: newId,
    objectStoreSchemes: ['s3', 'minio'],
    absentEvidence: [],
    ...facts,
    directory: { accountKnown: true, siteAccountId: accountId, technicianKnown: true, ...facts.directory },
    policy: { template: templateOf, bypassNeedsManager: false, mayConfirmAnyWindow: true, ...facts.policy },
  };
}

type Varied = Partial<Omit<Given, 'directory' | 'policy'>> & {
  readonly directory?: Partial<Given['directory']>;
  readonly policy?: Partial<Given['policy']>;
};

/** The ticket that these events leave, one a minute from {@link at}(0), all made by {@link actor}. */
export function folded(...history: readonly TicketEvent[]): Ticket {
  const ticket = history.reduce<Ticket | undefined>(
    (before, event, n) => frozen(evolve(before, frozen(event), stamp(n))),
    undefined,
  );
  if (!ticket) throw new Error('no events, no ticket');
  return ticket;
}

export const stamp = (revision: number): Stamp => ({ ticketId, revision, at: at(revision), by: actor });

/** Frozen at every depth: whoever writes to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
