import type { Policy } from '@dispatch/policy';
import type { Ticket, TicketCommand } from '@dispatch/ticket';
import fc from 'fast-check';
import { bound } from '../../libs/commands/src/testing/bound.js';
import { callOf } from '../../libs/commands/src/testing/calls.js';
import { anyCommand } from '../../libs/ticket/src/testing/arbitrary.js';
import { emergency, scheduled } from '../../libs/ticket/src/testing/histories.js';
import { accountId } from '../../libs/ticket/src/testing/values.js';

/** A command that somebody is going to give, whatever the ticket looks like by then. */
export interface Wish {
  readonly command: TicketCommand;
  readonly role: string;
  readonly actorId: string;
  /** Whether the actor's scope covers the ticket. */
  readonly inScope: boolean;
  /** Milliseconds by which the clock moves before; may be negative. */
  readonly jump: number;
  /** The version that is expected, counted from the ticket's own; undefined: none. */
  readonly versionOff: number | undefined;
}

const mostly = <T>(usual: T, other: T): fc.Arbitrary<T> =>
  fc.integer({ min: 0, max: 9 }).map((n) => (n === 9 ? other : usual));

const wishOf = (command: fc.Arbitrary<TicketCommand>): fc.Arbitrary<Wish> =>
  fc.record({
    command,
    role: fc.constantFrom('dispatcher', 'tech', 'customer', 'finance', 'assistant', 'nobody'),
    actorId: fc.constantFrom('dana', 'tess', 'Ærø'),
    inScope: mostly(true, false),
    jump: fc.integer({ min: -5_000, max: 60_000 }),
    versionOff: fc.constantFrom(undefined, undefined, undefined, -1, 0, 1),
  });

const anyWish = wishOf(anyCommand.filter(({ tool }) => tool !== 'ticket.create'));

/** A step of a life as the one who may would take it; now and then it is left out, and what follows is refused. */
const step = (command: TicketCommand): fc.Arbitrary<readonly Wish[]> =>
  fc
    .tuple(wishOf(fc.constant(sensible(command))), mostly(true, false))
    .map(([wish, taken]) => (taken ? [{ ...wish, role: whoMay(command), inScope: true, versionOff: undefined }] : []));

const ONLY = new Map<string, string>([
  ['billing.generate_invoice', 'finance'],
  ['tech.request_change', 'tech'],
]);
const whoMay = ({ tool }: TicketCommand): string => ONLY.get(tool) ?? 'dispatcher';

/** References of a history to its own events mean nothing on another ticket. */
const sensible = (command: TicketCommand): TicketCommand =>
  command.tool === 'tech.complete' ? { ...command, input: { ...command.input, evidenceRefs: undefined } } : command;

/** A life that makes sense, after its first command, with any wishes between its steps. */
const lifeOf = ([, ...later]: readonly TicketCommand[]): fc.Arbitrary<readonly Wish[]> =>
  fc
    .tuple(...later.map((command) => fc.tuple(fc.array(anyWish, { maxLength: 2 }), step(command))))
    .map((steps) => steps.flat(2));

export const wishes: fc.Arbitrary<readonly Wish[]> = fc.oneof(lifeOf(emergency), lifeOf(scheduled));

/** The wish as a request about the ticket as its sender last saw it. */
export const callFor = ({ command, role, actorId, inScope, versionOff }: Wish, ticket: Ticket) =>
  callOf(bound(command, ticket), {
    ticketId: ticket.id,
    role,
    actorId,
    expectedVersion: versionOff === undefined ? undefined : ticket.version + versionOff,
    outOfScope: () => (inScope ? undefined : { scope_field: 'account_id', target_id: accountId }),
  });

/** Whether the edge lets the wish through: a role that the tool is not for is refused there. */
export const admitted = ({ role, command }: Wish, policy: Policy): boolean => policy.allows(role, command.tool);
