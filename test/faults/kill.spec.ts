import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLocalPostgres } from '@dispatch/local-postgres';
import type { EventStore } from '@dispatch/event-store';
import { Client } from 'pg';
import { known } from '../../libs/ticket/src/testing/values.js';
import { faultsOf, idOfCommand, openLog } from './audit.js';
import { load, type Sent, send } from './load.js';
import { type RunningService, startService } from './service.js';

const CLIENTS = 8;
const account_id = randomUUID();
const site_id = randomUUID();
const ticket = { account_id, site_id, summary: 'Front door will not latch' };

let dataDir: string;
let service: RunningService;
/** Everything that was ever answered, by whatever process. */
const acknowledged: Sent[] = [];

/** What a busy machine takes for a test is no reason to give an append up, or to stop before it is answered. */
const PATIENT = { DISPATCH_LOG_TIMEOUT_MS: '60000', DISPATCH_DRAIN_MS: '60000' };
const start = () => startService(dataDir, PATIENT);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dispatch-kill-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  service = await start();
  const site = { account_id, name: 'Harbour Books', address1: '1 Quay', city: 'Los Angeles' };
  for (const [path, body] of [
    [`/accounts/${account_id}`, { name: 'Harbour' }],
    [`/sites/${site_id}`, site],
  ] as const) {
    const command: Sent = { method: 'PUT', path, endpoint: '', key: randomUUID(), body };
    expect(await send(service.url, command)).toMatchObject({ status: 201 });
  }
});

afterAll(async () => {
  await service.kill();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function withLog<T>(look: (log: EventStore) => Promise<T>): Promise<T> {
  const log = await openLog(dataDir);
  try {
    return await look(log);
  } finally {
    await log.close();
  }
}

/** Which of these commands are in the log, before anybody sends them again. */
const present = (commands: readonly Sent[]) =>
  withLog((log) => Promise.all(commands.map(async (one) => (await log.find(idOfCommand(one))) !== undefined)));

/** Sends every command again: what was acknowledged is answered as it was; the rest happens now, or had happened. */
async function expectExactlyOnce(sent: readonly Sent[]): Promise<void> {
  const unknown = sent.filter(({ answer }) => answer === undefined);
  await expectRepeated(sent.filter(({ answer }) => answer !== undefined));

  const happened = await present(unknown);
  for (const [n, command] of unknown.entries()) {
    const answer = await send(service.url, command);
    expect([200, 201]).toContain(answer.status);
    expect(answer.replayed).toBe(happened[n]);
    command.answer = answer;
  }
  await expectRepeated(unknown);

  expect(await present(sent)).toEqual(sent.map(() => true));
  expect(await withLog(faultsOf)).toEqual([]);
  acknowledged.push(...sent);
}

async function expectRepeated(commands: readonly Sent[]): Promise<void> {
  const again = await Promise.all(commands.map((command) => send(service.url, command)));
  expect(again).toEqual(commands.map(({ answer }) => ({ ...answer, replayed: true })));
}

// After so many acknowledgements: where in a batch, a commit or an answer that is, the machine decides anew each time.
test.each([
  { after: 1, killed: 'the service' },
  { after: 97, killed: 'Postgres and the service' },
  { after: 150, killed: 'Postgres, which comes back, and then the service' },
  { after: 40, killed: 'the service' },
  { after: 211, killed: 'Postgres and the service' },
])('killed after $after answers: $killed', async ({ after, killed }) => {
  const clients = load(service.url, CLIENTS, ticket, killed.includes('comes back'));
  await clients.reached(after);
  if (killed.startsWith('Postgres')) await service.killPostgres();
  if (killed.includes('comes back')) await clients.reached(clients.acknowledged() + after);
  await service.kill();
  await clients.stop();
  expect(clients.acknowledged()).toBeGreaterThanOrEqual(after);

  service = await start();
  await expectExactlyOnce(clients.sent);
});

describe('asked to stop under load', () => {
  test('it answers what is in flight, exits with 0, and nothing that was acknowledged is lost', async () => {
    const clients = load(service.url, CLIENTS, ticket, false);
    await clients.reached(20);
    const release = await holdAppends();
    const before = clients.sent.length;
    // On the way to the service before this was answered.
    for (let n = 0; n < 2; n += 1) await fetch(new URL('/health', service.url));
    const inFlight = clients.sent.slice(0, before).filter(({ answer }) => answer === undefined);
    expect(inFlight.length).toBeGreaterThan(0);

    service.terminate();
    await refusing(service.url);
    await release();
    expect(await service.exited).toBe(0);
    await clients.ended;
    expect(inFlight.filter(({ answer }) => answer === undefined)).toEqual([]);

    service = await start();
    await expectExactlyOnce(clients.sent);
  });
});

test('after all of that, everything that was ever answered is answered the same', async () => {
  expect(acknowledged.length).toBeGreaterThan(500);
  await expectRepeated(acknowledged);
});

/** Keeps the log's head locked, so that no append can be committed; resolves when one waits for it. */
async function holdAppends(): Promise<() => Promise<void>> {
  const { ownerUrl } = known(await findLocalPostgres(dataDir));
  const [holder, watcher] = [new Client(ownerUrl), new Client(ownerUrl)];
  await Promise.all([holder.connect(), watcher.connect()]);
  await holder.query('begin');
  await holder.query('select * from dispatch_log.head for update');
  const waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'dispatch log'";
  while ((await watcher.query(waits)).rowCount === 0) await delay(5);
  await watcher.end();
  return async () => {
    await holder.query('rollback');
    await holder.end();
  };
}

/** Resolves when nobody listens any more. */
async function refusing(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const heard = () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = connect(Number(port), hostname, () => resolve(true)).on('error', () => resolve(false));
    return promise.finally(() => socket.destroy());
  };
  while (await heard()) await delay(5);
}
