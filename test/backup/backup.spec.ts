import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Recorded } from '@dispatch/event-store';
import { startLocalPostgres } from '@dispatch/local-postgres';
import { run } from '../../apps/cli/src/program.js';
import { wholeLog } from '../../libs/commands/src/testing/stores.js';
import { layoutOf } from '../../libs/local-postgres/src/layout.js';
import { readPostmasterPid } from '../../libs/local-postgres/src/postmaster-pid.js';
import { faultsOf, idOfCommand, openLog } from '../faults/audit.js';
import { load, type Sent, send } from '../faults/load.js';
import { type RunningService, startService } from '../faults/service.js';

const root = join(import.meta.dirname, '../..');
const account_id = randomUUID();
const site_id = randomUUID();

let folder: string;
const at = (name: string) => join(folder, name);
let service: RunningService;
let sent: readonly Sent[];
/** The log of the service when all was over. */
let source: readonly Recorded[];

/** A command line in this process, and all it said. */
async function said(
  args: readonly string[],
  signal = new AbortController().signal,
  onProgress: () => void = () => undefined,
) {
  const [lines, notes]: [string[], string[]] = [[], []];
  const printer = {
    line: (text: string) => lines.push(text),
    note: (text: string) => notes.push(text),
    progress: onProgress,
  };
  const code = await run(args, { env: { DISPATCH_DATA_DIR: at('source') }, printer, signal });
  return { code, lines, notes };
}

async function logOf(dataDir: string): Promise<readonly Recorded[]> {
  const log = await openLog(dataDir);
  try {
    return await wholeLog(log);
  } finally {
    await log.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-backup-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(folder, 0o711);
  service = await startService(at('source'));
  const site = { account_id, name: 'Harbour Books', address1: '1 Quay', city: 'Los Angeles' };
  for (const [path, body] of [
    [`/accounts/${account_id}`, { name: 'Harbour' }],
    [`/sites/${site_id}`, site],
  ] as const) {
    const command: Sent = { method: 'PUT', path, endpoint: '', key: randomUUID(), body };
    expect(await send(service.url, command)).toMatchObject({ status: 201 });
  }

  const clients = load(service.url, 8, { account_id, site_id, summary: 'Front door will not latch' }, false);
  await clients.reached(200);
  const copied = said(['backup', '--out', at('copy')]);
  await clients.reached(clients.acknowledged() + 50);
  expect(await copied).toMatchObject({ code: 0, notes: [] });
  await clients.reached(clients.acknowledged() + 50);
  await clients.stop();
  sent = clients.sent;
  source = await logOf(at('source'));
});

afterAll(async () => {
  await service.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test('a backup that is stopped in its midst leaves nothing', async () => {
  const stopping = new AbortController();
  const stopped = await said(['backup', '--out', at('stopped')], stopping.signal, () => stopping.abort());
  expect(stopped).toMatchObject({ code: 130, lines: [], notes: ['Stopped.'] });
  expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual([]);
});

test('it is for its owner alone, and another backup does not go over it', async () => {
  const names = await readdir(at('copy'));
  expect(names.sort()).toEqual(['acts-00001.ndjson.gz', 'log-00001.ndjson.gz', 'manifest.json', 'manifest.sha256']);
  expect((await stat(at('copy'))).mode & 0o777).toBe(0o700);
  for (const name of names) expect((await stat(join(at('copy'), name))).mode & 0o777).toBe(0o600);
  expect(await said(['backup', '--out', at('copy')])).toEqual({
    code: 1,
    lines: [],
    notes: [`error: ${at('copy')} is not empty, and is left alone`],
  });
});

test.each(['acts-00001.ndjson.gz', 'log-00001.ndjson.gz', 'manifest.json', 'manifest.sha256'])(
  'with one bit of %s turned it is refused, and the folder is not touched',
  async (name) => {
    const bad = at(`bad-${name}`);
    await cp(at('copy'), bad, { recursive: true });
    const bytes = await readFile(join(bad, name));
    const place = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    await writeFile(join(bad, name), bytes);

    const file = join(bad, name === 'manifest.sha256' ? 'manifest.json' : name);
    const refused = { code: 1, lines: [], notes: [expect.stringContaining(`error: ${file} is damaged`)] };
    expect(await said(['restore', '--from', bad])).toEqual(refused);
    expect(await said(['restore', '--from', bad, '--data-dir', at('never')])).toEqual(refused);
    expect(existsSync(at('never'))).toBe(false);
  },
);

test('it is not restored over a folder that holds something', async () => {
  const refused = await said(['restore', '--from', at('copy'), '--data-dir', at('source')]);
  expect(refused).toEqual({ code: 1, lines: [], notes: [expect.stringContaining('source is not empty: it holds ')] });
});

test('killed in its midst, a restore leaves nothing that a service would start on', async () => {
  const args = ['apps/cli/src/main.ts', 'restore', '--from', at('copy'), '--data-dir', at('elsewhere')];
  const restoring = spawn(process.execPath, ['--import', './test/support/typescript.mjs', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] },
    stdio: 'ignore',
  });
  const gone = once(restoring, 'exit');
  const { postmasterPid } = layoutOf(join(at('elsewhere'), 'restoring'));
  while (!(await readPostmasterPid(postmasterPid))?.ready) await delay(10);
  restoring.kill('SIGKILL');
  expect((await gone)[1]).toBe('SIGKILL');

  expect(await readdir(at('elsewhere'))).toEqual(['restoring']);
  await expect(startLocalPostgres({ dataDir: at('elsewhere') })).rejects.toThrow(/cut short/);
});

test('run again it restores what the log was, and a service goes on from there', async () => {
  const restored = await said(['restore', '--from', at('copy'), '--data-dir', at('elsewhere')]);
  const { log } = JSON.parse(await readFile(join(at('copy'), 'manifest.json'), 'utf8'));
  expect(restored).toEqual({
    code: 0,
    notes: [],
    lines: [
      expect.stringContaining(`${at('elsewhere')} holds what the backup does: ${log.events} events up to`),
      `log digest ${log.digest}`,
    ],
  });
  expect(await readdir(at('elsewhere'))).toEqual(['postgres']);

  await service.kill();
  service = await startService(at('elsewhere'));
  const before = source.slice(0, log.events);
  expect(log.events).toBeGreaterThan(200);
  expect(log.events).toBeLessThan(source.length);
  expect(await logOf(at('elsewhere'))).toEqual(before);

  // What was acknowledged before the backup is answered as it was; what came after happens now, and once.
  const kept = new Set(before.map(({ id }) => id));
  const acknowledged = sent.filter(({ answer }) => answer !== undefined);
  const there = acknowledged.filter((command) => kept.has(idOfCommand(command)));
  expect(there.length).toBeGreaterThan(200);
  expect(await Promise.all(there.map((command) => send(service.url, command)))).toEqual(
    there.map(({ answer }) => ({ ...answer, replayed: true })),
  );
  const log2 = await openLog(at('elsewhere'));
  expect(await faultsOf(log2)).toEqual([]);
  await log2.close();
});

test('its read models are those of its log', async () => {
  const response = await fetch(new URL('/tickets?limit=1', service.url), {
    headers: { 'x-actor-id': 'a', 'x-actor-role': 'dispatcher', 'dispatch-min-position': '200' },
  });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('dispatch-position'))).toBeGreaterThan(200);
});
