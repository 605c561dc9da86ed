import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, type Call, identify, type RunTool } from '@dispatch/commands';
import { type EventStore, LogUnavailable, migrateLog, openPostgresEventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { parseUuid } from '@dispatch/ticket';
import { Client } from 'pg';
import { callOf } from '../../libs/commands/src/testing/calls.js';
import { accepted, shippedPolicy, ticketPath } from '../../libs/commands/src/testing/path.js';
import { wholeLog } from '../../libs/commands/src/testing/stores.js';
import * as order from '../../libs/ticket/src/testing/commands.js';
import { known } from '../../libs/ticket/src/testing/values.js';
import { createDatabase, type TestDatabase } from '../postgres/database.js';
import { bytesOf } from '../properties/history.js';
import { faultsOf } from './audit.js';

const CLIENTS = 12;
/** How often all connections are cut while the clients are at work. */
const CUTS = 8;

let policy: Policy;
let database: TestDatabase;
let logs: readonly [EventStore, EventStore];

beforeAll(async () => {
  policy = await shippedPolicy();
  database = await createDatabase();
  await migrateLog({ url: database.ownerUrl });
  logs = [openPostgresEventStore({ url: database.ownerUrl }), openPostgresEventStore({ url: database.ownerUrl })];
});
afterAll(async () => {
  await Promise.all(logs.map((log) => log.close()));
  await database.drop();
});

interface Tally {
  readonly answers: Map<Call, Answer>;
  /** Tries whose outcome the log could not tell. */
  unknown: number;
}

/** Sends a command, under its key, until it is answered. */
async function insist(path: RunTool, call: Call, tally: Tally): Promise<Answer> {
  for (;;) {
    try {
      const answer = accepted(await path(call));
      tally.answers.set(call, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      tally.unknown += 1;
    }
  }
}

/** A client that opens tickets and works on them until it is told to stop. */
async function client(path: RunTool, tally: Tally, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const opened = await insist(path, callOf(order.create()), tally);
    const ticketId = known(parseUuid(opened.body.id));
    for (const command of [order.triage(), order.addEvidence({ metadata: { z: 1, a: 2 } }), order.cancel()])
      await insist(path, callOf(command, { ticketId }), tally);
  }
}

/** Cuts all connections of the log, again and again, each time after more commands were answered. */
async function cutConnections(tally: Tally): Promise<void> {
  const administrator = new Client(database.ownerUrl);
  await administrator.connect();
  for (let cuts = 0; cuts < CUTS; cuts += 1) {
    const enough = tally.answers.size + 10 * CLIENTS;
    while (tally.answers.size < enough) await new Promise(setImmediate);
    await administrator.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'dispatch log'",
    );
  }
  await administrator.end();
}

test('connections cut under load: each command, sent until it is answered, is one event', async () => {
  const tally: Tally = { answers: new Map(), unknown: 0 };
  const paths = logs.map((log) => ticketPath(log, { policy }));
  const done = new AbortController();
  const clients = Array.from({ length: CLIENTS }, (_, n) => client(known(paths[n % 2]), tally, done.signal));
  await cutConnections(tally);
  done.abort();
  await Promise.all(clients);
  expect(tally.unknown).toBeGreaterThan(0);

  const [log] = logs;
  expect(await faultsOf(log)).toEqual([]);
  const commands = [...tally.answers.keys()];
  const written = (await wholeLog(log)).map(({ id }) => id);
  expect(written.toSorted()).toEqual(commands.map((call) => identify(call).eventId).toSorted());

  const anew = ticketPath(log, { policy });
  for (const [call, answer] of tally.answers) {
    const again = accepted(await anew(call));
    expect({ bytes: bytesOf(again), replayed: again.replayed }).toEqual({ bytes: bytesOf(answer), replayed: true });
  }
});
