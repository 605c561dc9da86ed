import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Call, identify, type RunTool } from '@dispatch/commands';
import {
  decorated,
  type EventStore,
  migrateLog,
  openMemoryEventStore,
  openPostgresEventStore,
} from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { parseUuid, type Ticket } from '@dispatch/ticket';
import fc from 'fast-check';
import { callOf } from '../../libs/commands/src/testing/calls.js';
import { accepted, NOON, shippedPolicy, ticketPath } from '../../libs/commands/src/testing/path.js';
import * as order from '../../libs/ticket/src/testing/commands.js';
import { known } from '../../libs/ticket/src/testing/values.js';
import { createDatabase, type TestDatabase } from '../postgres/database.js';
import { bodyFrom, bytesOf, decidedAgain, historyOf } from './history.js';
import { admitted, callFor, type Wish, wishes } from './sequence.js';

let policy: Policy;
beforeAll(async () => {
  policy = await shippedPolicy();
});

/** Two processes on one log: each has its own connections, its own cache and its own clock. */
type Logs = readonly [EventStore, EventStore];

/** What all properties are about: a ticket that was just opened, and the ways to send commands to it. */
async function opened(logs: Logs) {
  const clock = { now: NOON };
  const [here, there] = logs.map((log) => ticketPath(log, { policy, clock: () => clock.now }));
  const create = callOf(order.create());
  const answer = accepted(await known(here)(create));
  const ticketId = known(parseUuid(answer.body.id));
  const sent = new Map<string, Call>([[answer.eventId, create]]);
  const history = () => historyOf(logs[0], ticketId);
  const ticket = async (): Promise<Ticket> => known((await history()).at(-1)).ticket;
  return { clock, paths: [known(here), known(there)] as const, sent, history, ticket };
}

/** Commands one after another: what is answered is what the log says, and a refusal leaves no trace. */
async function answersAreFolds(logs: Logs, sequence: readonly Wish[]) {
  const { clock, paths, history, ticket } = await opened(logs);
  for (const [n, wish] of sequence.filter((one) => admitted(one, policy)).entries()) {
    clock.now += wish.jump;
    const before = await history();
    const answer = await known(paths[n % 2])(callFor(wish, await ticket()));
    const after = await history();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(before.length + ('rejection' in answer ? 0 : 1));
    if ('rejection' in answer) continue;
    expect(answer.version).toBe(before.length);
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify(bodyFrom(after, wish.command.tool, answer.version)));
  }
  const times = (await history()).map(({ event }) => event.at);
  expect(times).toEqual(times.toSorted());
}

/** Each command by a crowd, and once more at the end: one event, one answer. */
async function repeatsAreOne(logs: Logs, sequence: readonly (readonly [Wish, number])[]) {
  const { paths, history, ticket } = await opened(logs);
  const answered = new Map<Call, string>();
  for (const [wish, times] of sequence.filter(([one]) => admitted(one, policy))) {
    const before = await history();
    const call = callFor(wish, await ticket());
    const answers = await Promise.all(Array.from({ length: times }, (_, n) => known(paths[n % 2])(call)));
    const [first] = answers;
    expect(await history()).toHaveLength(before.length + (first && 'rejection' in first ? 0 : 1));
    if (first && 'rejection' in first) {
      expect(answers).toEqual(answers.map(() => first));
      continue;
    }
    const bytes = new Set(answers.map((answer) => bytesOf(accepted(answer))));
    expect(bytes.size).toBe(1);
    expect(answers.filter((answer) => !accepted(answer).replayed)).toHaveLength(1);
    for (const one of bytes) answered.set(call, one);
  }
  const end = await history();
  for (const [call, bytes] of answered)
    for (const path of [...paths, ticketPath(logs[1], { policy })]) {
      const again = accepted(await path(call));
      expect({ bytes: bytesOf(again), replayed: again.replayed }).toEqual({ bytes, replayed: true });
    }
  expect(await history()).toEqual(end);
}

/** Two clients, each sending one command after another to a process of its own. */
async function racesAreLegal(
  logs: Logs,
  races: readonly [readonly Wish[], readonly Wish[]],
  run: <T>(clients: Promise<T>) => Promise<T> = (clients) => clients,
) {
  const { paths, sent, history, ticket } = await run(opened(logs));
  const answers = new Map<string, string>();
  const client = async (path: RunTool, sequence: readonly Wish[]) => {
    for (const wish of sequence.filter((one) => admitted(one, policy))) {
      const call = callFor(wish, await ticket());
      sent.set(identify(call).eventId, call);
      const answer = await path(call);
      if (!('rejection' in answer)) answers.set(answer.eventId, JSON.stringify(answer.body));
    }
  };
  await run(Promise.all(paths.map((path, n) => client(path, races[n] ?? []))));

  const end = await run(history());
  for (const { stands, anew } of decidedAgain(end, sent, policy)) expect(anew).toEqual(stands);
  expect(answers.size).toBe(end.length - 1);
  for (const [version, { event }] of end.entries()) {
    expect(event.revision).toBe(version);
    if (version === 0) continue;
    const { tool } = known(sent.get(event.id));
    expect(answers.get(event.id)).toBe(JSON.stringify(bodyFrom(end, tool, version)));
  }
}

const crowds = wishes.chain((sequence) =>
  fc.tuple(...sequence.map((wish) => fc.tuple(fc.constant(wish), fc.constantFrom(1, 2, 2, 3, 20)))),
);
/** The first client's wishes make sense by themselves; the second's get in between. */
const races = fc.tuple(wishes, wishes);

describe('over the log in memory', () => {
  const logs = (): Logs => {
    const log = openMemoryEventStore();
    return [log, log];
  };

  test('answers are folds of the stream, refusals leave no trace, time never goes back', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, (sequence) => answersAreFolds(logs(), sequence)),
      { numRuns: 60 },
    );
  });

  test('a command sent many times, at once or later, is one event with one answer', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, (sequence) => repeatsAreOne(logs(), sequence)),
      { numRuns: 40 },
    );
  });

  test('two clients over two processes make a legal history, however their steps interleave', async () => {
    await fc.assert(
      fc.asyncProperty(races, fc.scheduler(), (pair, scheduler) => {
        const slow = interleaved(openMemoryEventStore(), scheduler);
        return racesAreLegal([slow, slow], pair, (clients) => scheduler.waitFor(clients));
      }),
      { numRuns: 60 },
    );
  });
});

describe('over the log in Postgres', () => {
  let database: TestDatabase;
  let logs: Logs;

  beforeAll(async () => {
    database = await createDatabase();
    await migrateLog({ url: database.ownerUrl });
    logs = [openPostgresEventStore({ url: database.ownerUrl }), openPostgresEventStore({ url: database.ownerUrl })];
  });
  afterAll(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await database.drop();
  });

  test('answers are folds of the stream, refusals leave no trace, time never goes back', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, (sequence) => answersAreFolds(logs, sequence)),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('a command sent many times, at once or later, is one event with one answer', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, (sequence) => repeatsAreOne(logs, sequence)),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('two clients over two processes make a legal history', async () => {
    await fc.assert(
      fc.asyncProperty(races, (pair) => racesAreLegal(logs, pair)),
      { numRuns: 8, endOnFailure: true },
    );
  });
});

/** A log whose every verb takes as long as the scheduler likes, before it does anything and before it answers. */
function interleaved(log: EventStore, scheduler: fc.Scheduler): EventStore {
  const verbs = decorated(log, {});
  const turn = () => scheduler.schedule(Promise.resolve());
  const slowly =
    <Args extends readonly unknown[], T>(verb: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await turn();
      const answer = await verb(...args);
      await turn();
      return answer;
    };
  return {
    ...verbs,
    append: slowly(verbs.append),
    find: slowly(verbs.find),
    async *read(...args) {
      await turn();
      yield* verbs.read(...args);
      await turn();
    },
  };
}
