import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TicketCommand } from './commands.js';
import type { TicketEvent } from './events.js';
import { anyCommand, anyEvent, anyLaterEvent, commands, events } from './testing/arbitrary.js';
import { emergency, eventId, scheduled } from './testing/histories.js';
import { type Logged, logged, read, replayed } from './testing/log.js';
import { folded, frozen, givenFacts, stamp } from './testing/scenario.js';
import { at, ticketId } from './testing/values.js';
import type { Ticket } from './state.js';
import { decide, evolve, folds, rules } from './ticket.js';
import { STATES } from './vocabulary.js';

test('there is an arbitrary of every event and of every command', () => {
  expect(Object.keys(events).sort()).toStrictEqual(['TicketCreated', ...Object.keys(folds)].sort());
  expect(Object.keys(commands).sort()).toStrictEqual(['ticket.create', ...Object.keys(rules)].sort());
});

describe('evolve', () => {
  const history = fc.tuple(events.TicketCreated, fc.array(anyLaterEvent, { maxLength: 12 })).map(([a, b]) => [a, ...b]);

  test.each(STATES)('is total over every event upon %s', (state) => {
    fc.assert(
      fc.property(history, anyEvent, (before, event) => {
        const ticket = frozen({ ...folded(...before), state });
        const after = evolve(ticket, event, stamp(before.length));
        const { id: same, version, updatedAt } = after;
        expect({ same, version, updatedAt }).toStrictEqual({
          same: ticketId,
          version: before.length,
          updatedAt: at(before.length),
        });
        expect(STATES).toContain(after.state);
        expect(Object.keys(after).sort()).toStrictEqual(Object.keys(ticket).sort());
      }),
    );
  });
});

test.each(Object.entries(events))('%s survives the log', (_type, arbitrary) => {
  fc.assert(
    fc.property<[Parameters<typeof logged>[0]]>(arbitrary, (event) => {
      expect(read(logged(event, stamp(0)))).toStrictEqual(event);
    }),
  );
});

describe('whatever is asked', () => {
  const facts = (revision: number) => givenFacts({ id: eventId(revision), now: at(revision) });

  /** What was decided and written when each command was tried in turn, and the ticket in the writer's memory. */
  function tried(asked: readonly TicketCommand[]) {
    const decided: TicketEvent[] = [];
    const stream: Logged[] = [];
    const tickets: Ticket[] = [];
    for (const command of asked) {
      const ticket = tickets.at(-1);
      if (!possible(command, ticket)) continue;
      const decision = decide(frozen(command), ticket, facts(stream.length));
      if ('rejection' in decision) continue;
      tickets.push(frozen(evolve(ticket, decision.event, stamp(stream.length))));
      decided.push(decision.event);
      stream.push(logged(decision.event, stamp(stream.length)));
    }
    return { decided, stream, tickets };
  }

  /** The least of what the path and the policy have made sure of before. */
  const possible = ({ tool }: TicketCommand, ticket: Ticket | undefined) =>
    (tool === 'ticket.create') === (ticket === undefined) && (tool !== 'qa.verify' || ticket?.completion !== null);

  /** A whole history into which any commands were thrown somewhere. */
  const asked = fc
    .tuple(fc.constantFrom(emergency, scheduled), fc.nat({ max: 30 }), fc.array(anyCommand, { size: '+1' }))
    .map(([history, place, thrown]) => history.toSpliced(place, 0, ...thrown));

  test('version counts the events, and the log gives events and ticket back', () => {
    fc.assert(
      fc.property(asked, (all) => {
        const { decided, stream, tickets } = tried(all);
        expect(tickets.map(({ version }) => version)).toStrictEqual(stream.map((_, revision) => revision));
        expect(stream.map(read)).toStrictEqual(decided);
        expect(replayed(ticketId, stream).at(-1)).toStrictEqual(tickets.at(-1));
      }),
    );
  });

  test('the answer to a command is the same however often it is asked, refusals too', () => {
    fc.assert(
      fc.property(asked, anyCommand, (all, command) => {
        const ticket = tried(all).tickets.at(-1);
        fc.pre(possible(command, ticket));
        expect(decide(command, ticket, facts(40))).toStrictEqual(decide(command, ticket, facts(40)));
      }),
    );
  });
});
