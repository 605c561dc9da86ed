import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import fc from 'fast-check';
import { history } from '../../apps/cli/src/seed/history.js';
import { added, opened } from '../../libs/projection/src/testing/counters.js';
import { anyHistory, type Happening, minute } from '../support/events.js';

/** An event and the stream it is for. */
export interface Coming {
  readonly stream: string;
  readonly event: NewEvent;
}

/** What becomes of the one who keeps a model, just before it is handed the n-th event of the history. */
export interface Crash {
  readonly model: string;
  readonly at: number;
  /** Its connection is cut, or loses an answer of the server; or it is told to stop, and another one begins. */
  readonly how: 'cut' | 'answer lost' | 'stopped';
  /** Answers before the one that is lost. */
  readonly answers: number;
}

/** Events that come in, and all that may differ in how they are folded. */
export interface Course {
  readonly events: readonly Coming[];
  /** Of the one that begins, and of those that follow it. */
  readonly batchSizes: readonly number[];
  readonly crashes: readonly Crash[];
  readonly rebuild: { readonly batchSize: number; readonly rowsInMemory: number };
}

const statements = fc
  .record({
    kind: fc.constantFrom('account', 'site', 'technician'),
    names: fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ kind, names }) => {
    const type = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Stated`;
    return { kind, happenings: names.map((name) => ({ type, data: { name, account_id: randomUUID() } })) };
  });
const anyTicket = anyHistory.map((happenings) => ({ kind: 'ticket', happenings }));

/** Counts, so that an event that is folded twice shows: a ticket is mostly the same after it. */
const counter = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 10, maxLength: 20 })
  .map((numbers) => ({ kind: 'counter', happenings: [opened(), ...numbers.map(added)] }));

const entities = fc.tuple(
  fc.array(anyTicket, { maxLength: 4 }),
  fc.array(statements, { maxLength: 4 }),
  fc.array(counter, { minLength: 2, maxLength: 3 }),
);

/** Tickets as they go and tickets as they never would, a directory and counters, in any order between the streams. */
export const anyCourse = (policy: Policy, models: readonly string[]): fc.Arbitrary<Course> =>
  fc
    .record({
      // The same one twice would give the same events, which the log takes once.
      seed: fc.noBias(fc.nat()),
      entities: entities.map((kinds) => kinds.flat()),
      order: fc.infiniteStream(fc.nat({ max: 9_999 })),
    })
    .map(({ seed, entities, order }) => {
      const likely = Map.groupBy(history({ policy, tickets: 4, seed, open: 0.5 }), ({ stream }) => stream);
      const streams = entities.map(({ kind, happenings }) => inStream(`${kind}-${randomUUID()}`, happenings));
      return interleaved([...likely.values(), ...streams], order);
    })
    .chain((events) =>
      fc.record({
        events: fc.constant(events),
        batchSizes: fc.array(fc.constantFrom(1, 2, 3, 5, 1_000), { minLength: 12, maxLength: 12 }),
        crashes: fc.array(anyCrash(events.length, models), { minLength: 20, maxLength: 40 }),
        rebuild: fc.record({
          batchSize: fc.integer({ min: 1, max: 50 }),
          rowsInMemory: fc.integer({ min: 1, max: 20 }),
        }),
      }),
    )
    .map((course) => ({ ...course, [fc.toStringMethod]: () => inShort(course) }));

/** All but what the events say: the seed gives them again. */
const inShort = ({ events, ...how }: Course): string =>
  JSON.stringify({ events: events.map(({ stream, event }) => `${event.type} ${stream}`), ...how });

const anyCrash = (events: number, models: readonly string[]): fc.Arbitrary<Crash> =>
  fc.record({
    model: fc.constantFrom(...models),
    at: fc.nat({ max: events - 1 }),
    how: fc.constantFrom('cut', 'answer lost', 'answer lost', 'stopped'),
    answers: fc.nat({ max: 1 }),
  });

const inStream = (stream: string, happenings: readonly Happening[]): Coming[] =>
  happenings.map(({ type, data }, n) => ({
    stream,
    event: {
      id: randomUUID(),
      type,
      schemaVersion: 1,
      data: JSON.parse(JSON.stringify(data)),
      metadata: { actor: { id: 'dana', role: 'dispatcher', type: 'HUMAN' } },
      at: minute(n),
    },
  }));

/** All events; those of one stream in their order. */
function interleaved(streams: readonly (readonly Coming[])[], order: Iterator<number>): Coming[] {
  const left = streams.map((events) => [...events]).filter((events) => events.length > 0);
  const all: Coming[] = [];
  while (left.length > 0) {
    const index = Number(order.next().value) % left.length;
    const next = left[index]?.shift();
    if (next) all.push(next);
    if (left[index]?.length === 0) left.splice(index, 1);
  }
  return all;
}
