import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { chmod, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { faultsOf, idOfCommand, openLog } from './audit.js';
import { load, type Sent, send } from './load.js';
import { type RunningService, startService } from './service.js';

const CLIENTS = 8;
/** How long Postgres stands still at least; in any case until /ready says so. */
const STALL_MS = process.env['DISPATCH_TEST_LONG'] === '1' ? 20_000 : 0;
/** By when a command is answered whatever Postgres does: a statement's 10 seconds, and what a busy machine adds. */
const ANSWERED_MS = 15_000;
/** Of the disk: a new cluster, its first segments of write-ahead log, and little more. */
const DISK_MIB = 160;

const account_id = randomUUID();
const site_id = randomUUID();
const ticket = { account_id, site_id, summary: 'Front door will not latch' };

const folder = mkdtempSync(join(tmpdir(), 'dispatch-faults-'));
/** A disk of its own for the service takes root, and a machine that lets root mount. */
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'none', folder]).status === 0;
if (!mounted) process.stderr.write('NOT TESTED here: a full disk. No tmpfs can be mounted.\n');
let service: RunningService;

beforeAll(async () => {
  // As root, Postgres runs as another user, which must get through.
  await chmod(folder, 0o711);
  service = await startService(join(folder, 'data'), { DISPATCH_LOG_LEVEL: 'warn' });
  const site = { account_id, name: 'Harbour Books', address1: '1 Quay', city: 'Los Angeles' };
  for (const [path, body] of [
    [`/accounts/${account_id}`, { name: 'Harbour' }],
    [`/sites/${site_id}`, site],
  ] as const) {
    const command: Sent = { method: 'PUT', path, endpoint: '', key: randomUUID(), body };
    expect(await send(service.url, command)).toMatchObject({ status: 201 });
  }
  await ready();
});

afterAll(async () => {
  await service?.kill();
  if (mounted) spawnSync('umount', ['-l', folder]);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

interface Told {
  readonly status: number;
  readonly reason: string | undefined;
}

async function readiness(): Promise<Told> {
  const response = await fetch(new URL('/ready', service.url));
  const { error } = (await response.json()) as { error?: { reason?: string } };
  return { status: response.status, reason: error?.reason };
}

/** The first answer of /ready that is like this; the test's own time limit ends it. */
async function until(holds: (told: Told) => boolean): Promise<Told> {
  for (;;) {
    const told = await readiness();
    if (holds(told)) return told;
    await delay(20);
  }
}
const ready = () => until(({ status }) => status === 200);
const unready = () => until(({ status }) => status === 503);

/** Lines of the service's log since a moment, by message. */
function linesSince(offset: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, message = ''] of service
    .output()
    .slice(offset)
    .matchAll(/"msg":"([^"]*)"/g))
    counts[message] = (counts[message] ?? 0) + 1;
  return counts;
}

/** Clients at work while something goes wrong, which go on until it is over; then nothing of theirs is amiss. */
async function underLoad(fault: () => Promise<void>): Promise<void> {
  const { pid } = service;
  const offset = service.output().length;
  const clients = load(service.url, CLIENTS, ticket, true);
  try {
    await clients.reached(40);
    await fault();
    await clients.reached(clients.acknowledged() + 40);
  } finally {
    await clients.stop();
  }
  await ready();

  expect(service.pid).toBe(pid);
  await expectExactlyOnce(clients.sent);
  // The log says what is wrong, and is not drowned in it: commands failed by the hundred.
  const lines = linesSince(offset);
  expect(lines['not ready']).toBeGreaterThanOrEqual(1);
  expect(lines['not ready']).toBeLessThanOrEqual(4);
  expect(lines['the log cannot be reached'] ?? 0).toBeLessThanOrEqual(4);
  expect(lines['unexpected error']).toBeUndefined();
}

/** What was acknowledged is answered again as it was; what was not happens now or had happened; nothing twice. */
async function expectExactlyOnce(sent: readonly Sent[]): Promise<void> {
  for (const command of sent) {
    const again = await send(service.url, command);
    expect([200, 201]).toContain(again.status);
    if (command.answer) expect(again).toEqual({ ...command.answer, replayed: true });
  }
  const log = await openLog(join(folder, 'data'));
  try {
    for (const command of sent) expect(await log.find(idOfCommand(command))).toBeDefined();
    expect(await faultsOf(log)).toEqual([]);
  } finally {
    await log.close();
  }
}

test('Postgres is killed: it is started again, and the service goes on', async () => {
  await underLoad(async () => {
    // Killed as often as it comes back, until somebody who asks is told: it is back in a tenth of a second.
    const told = unready();
    let isTold = false;
    void told.then(() => {
      isTold = true;
    });
    while (!isTold) {
      await service.killPostgres().catch(() => undefined);
      await delay(50);
    }
    expect((await told).reason).toMatch(/^the (log|read models) cannot be reached$|^the log takes no events$/);
  });
});

test('Postgres stands still: commands are answered in bounded time, and the service goes on', async () => {
  await underLoad(async () => {
    await service.signalPostgres('SIGSTOP');
    const begun = performance.now();
    const command: Sent = {
      method: 'POST',
      path: '/tickets',
      endpoint: 'POST /tickets',
      key: randomUUID(),
      body: ticket,
    };
    const answer = fetch(new URL(command.path, service.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': command.key,
        'x-actor-id': 'load',
        'x-actor-role': 'dispatcher',
      },
      body: JSON.stringify(ticket),
    }).then((response) => ({ response, ms: performance.now() - begun }));
    try {
      expect(await unready()).toEqual({ status: 503, reason: 'the log cannot be reached' });
      expect(performance.now() - begun).toBeLessThan(10_000);
      if (STALL_MS > 0) {
        const { response, ms } = await answer;
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe('1');
        expect(ms).toBeLessThan(ANSWERED_MS);
        await delay(STALL_MS - (performance.now() - begun));
      }
    } finally {
      await service.signalPostgres('SIGCONT');
    }
    expect((await answer).ms).toBeLessThan(STALL_MS + ANSWERED_MS);
  });
});

(mounted ? test : test.skip)(
  'the disk is full: commands are refused until there is room, and the service goes on',
  async () => {
    await underLoad(async () => {
      const filler = join(folder, 'filler');
      await fill(filler);
      try {
        const { reason } = await unready();
        expect(reason).toMatch(/^the log (takes no events|cannot be reached)$/);
      } finally {
        await rm(filler);
      }
    });
  },
);

/** Takes all the room that is left on the disk. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    const { bavail, bsize } = await statfs(folder);
    for (let left = bavail * bsize; left > 0; left -= 1 << 20) await file.write(Buffer.alloc(Math.min(left, 1 << 20)));
    for (;;) await file.write(Buffer.alloc(4096));
  } catch (error) {
    // By its code: errors of Node are no instances of this realm's Error.
    if (Object(error).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}
