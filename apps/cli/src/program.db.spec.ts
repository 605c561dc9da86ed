import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLocalPostgres } from '@dispatch/local-postgres';
import { type RunningProjections, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { Client } from 'pg';
import { createWorld, until, type World } from '../../../libs/projection/src/testing/world.js';
import { type Attempt, denied, securityStreamOf } from '../../../libs/denials/src/attempt.js';
import { attempt, second, strange } from '../../../libs/denials/src/testing/attempts.js';
import { run } from './program.js';

let world: World;
let running: RunningProjections;

/** A command line in this process, and all it said. */
async function said(
  line: string,
  env: Record<string, string> = { DISPATCH_DATABASE_URL: world.url },
  signal = new AbortController().signal,
) {
  const lines: string[] = [];
  const notes: string[] = [];
  const progress: string[] = [];
  const code = await run(line.split(' '), {
    env,
    printer: {
      line: (text) => lines.push(text),
      note: (text) => notes.push(text),
      progress: (text) => progress.push(text()),
    },
    signal,
  });
  return { code, lines, notes, progress };
}

const status = async (name: string) => {
  const found = (await world.models.status()).find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const caughtUp = async () => {
  const names = READ_MODELS.map(({ name }) => name);
  expect(await world.models.waitFor(names, await world.store.head(), 60_000)).toBe(true);
};
const acts = () => world.query<{ act: string; by: string }>('select act, by from dispatch_read.acts order by id');

beforeAll(async () => {
  world = await createWorld();
  expect(await said('seed --tickets 60')).toMatchObject({ code: 0, notes: [] });
  running = startProjections({ ...world, models: READ_MODELS });
  await caughtUp();
});
afterAll(async () => {
  await running.stop();
  await world.release();
});

test('seed says what it wrote, and adds nothing the second time', async () => {
  const head = await world.store.head();
  const again = await said('seed --tickets 60');
  const there = `0 events written, ${Number(head) - 1} there already`;
  expect(again).toMatchObject({ code: 0, lines: [expect.stringContaining(`60 tickets of seed 1: ${there}, in `)] });
  expect(again.progress.at(-1)).toMatch(/^\d+ events, [\d,]+\/s$/);
  expect(await world.store.head()).toBe(head);
});

test('list has every projection, for people and for programs', async () => {
  await caughtUp();
  const { code, lines } = await said('projections list');
  expect(code).toBe(0);
  expect(lines[0]).toMatch(/^projection +version +state +checkpoint +behind +seconds +parked/);
  expect(lines.slice(1).map((line) => line.split(/ +/).slice(0, 3).join(' '))).toEqual(
    READ_MODELS.map(({ name, version }) => `${name} ${version} live`),
  );
  const json = await said('projections list --json');
  expect(JSON.parse(json.lines.join('\n'))).toEqual(
    READ_MODELS.map(({ name, version }) =>
      expect.objectContaining({ name, version, state: 'live', lagPositions: 0, lagSeconds: 0, parked: [] }),
    ),
  );
});

test('rebuild swaps, rollback goes back, drop-old clears up, each under the name of who did it', async () => {
  const { table: first } = await status('operations');
  const rebuilt = await said('projections rebuild operations');
  const { table: second } = await status('operations');
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.lines).toEqual([
    expect.stringMatching(new RegExp(`^operations: ${second} is live since position \\d+; ${first} is kept$`)),
  ]);
  expect(rebuilt.progress.at(-1)).toMatch(/^\d+ events, [\d,]+\/s, at \d+ of \d+, \d+ s left$/);

  expect((await said('projections rollback operations --by ann')).code).toBe(0);
  expect(await status('operations')).toMatchObject({ table: first, pinned: true });
  expect(await said('projections drop-old operations --by ann')).toMatchObject({
    code: 0,
    lines: [`operations: dropped ${second}`],
  });
  expect(await said('projections drop-old operations --by ann')).toMatchObject({
    code: 0,
    lines: ['operations: nothing was kept'],
  });
  expect(await said('projections rollback operations')).toMatchObject({
    code: 1,
    notes: ['error: operations keeps no table to go back to'],
  });
  expect((await acts()).slice(-3)).toEqual([
    { act: 'rebuild', by: userInfo().username },
    { act: 'rollback', by: 'ann' },
    { act: 'drop-old', by: 'ann' },
  ]);
});

test('what differs is shown and ends with 1, until it is accepted; a name may have hyphens', async () => {
  expect(await said('projections verify cockpit-queue')).toMatchObject({
    code: 0,
    lines: [expect.stringMatching(/^cockpit_queue: no difference at position \d+$/)],
  });
  const { table } = await status('cockpit_queue');
  const [row] = await world.query<{ key: string }>(
    `update dispatch_read.${table} set summary = 'wrong' where key = (select min(key) from dispatch_read.${table}) returning key`,
  );
  const shown = expect.stringMatching(new RegExp(`^  ${row?.key}: summary is "wrong", rebuilt ".+"$`));

  const verified = await said('projections verify cockpit-queue');
  expect(verified).toMatchObject({ code: 1, lines: [expect.stringMatching(/is not what the log says/), shown] });
  const refused = await said('projections rebuild cockpit-queue');
  expect(refused).toMatchObject({ code: 1, lines: [expect.anything(), shown, expect.stringMatching(/not swapped/)] });
  expect((await status('cockpit_queue')).table).toBe(table);
  const accepted = await said('projections rebuild cockpit-queue --accept-difference');
  expect(accepted).toMatchObject({ code: 0, lines: [expect.anything(), shown, expect.stringMatching(/is live/)] });
  expect((await said('projections verify cockpit_queue')).code).toBe(0);
});

test('a parked key is listed, tried again and passed over', async () => {
  const [{ key = '' } = {}] = await world.query<{ key: string }>('select min(key) as key from dispatch_read.tickets');
  const { id: _, ...event } = await lastOf(key);
  const id = '00000000-0000-4000-8000-000000000001';
  await world.store.append(key, 'any', { ...event, id, type: 'FromTheFuture' });
  await caughtUp();
  const { lines } = await said('projections list');
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^tickets: ${key} waits at position .*FromTheFuture`)));
  expect(await said('projections verify tickets')).toMatchObject({
    code: 0,
    lines: [expect.stringMatching(/no difference/), 'tickets: keys that are parked and so were not compared: 1'],
  });

  expect((await said(`projections retry tickets ${key} --by ann`)).code).toBe(0);
  await until('it was tried again', async () => ((await status('tickets')).parked[0]?.attempts ?? 0) > 1);
  for (const { name, parkedCount } of await world.models.status())
    if (parkedCount > 0) expect((await said(`projections skip ${name} ${key} --by ann`)).code).toBe(0);
  await until('none waits', async () => (await world.models.status()).every(({ parkedCount }) => parkedCount === 0));
  expect(await said(`projections skip tickets ${key}`)).toMatchObject({
    code: 1,
    notes: [`error: tickets has no parked key ${key}`],
  });
});

async function lastOf(stream: string) {
  const events = [];
  for await (const { id, schemaVersion, data, metadata, at } of world.store.read(stream))
    events.push({ id, schemaVersion, data, metadata, at });
  const last = events.at(-1);
  if (!last) throw new Error(`${stream} is empty`);
  return last;
}

test('a projection that stopped itself is resumed', async () => {
  await world.query("update dispatch_read.projections set stopped = 'too many' where name = 'job_packet'");
  expect((await said('projections list')).lines).toContain('job_packet: stopped itself: too many');
  expect(await said('projections resume job-packet')).toMatchObject({ code: 0 });
  expect(await status('job_packet')).toMatchObject({ state: 'live' });
  expect(await said('projections resume job-packet')).toMatchObject({ code: 1 });
});

test('what is interrupted says so, and can be run again', async () => {
  const { table } = await status('tickets');
  const interrupted = (line: string) => said(line, { DISPATCH_DATABASE_URL: world.url }, AbortSignal.abort());
  const stopped = { code: 130, lines: [], notes: ['Stopped.'] };
  expect(await interrupted('projections rebuild tickets')).toMatchObject(stopped);
  expect(await interrupted('projections verify tickets')).toMatchObject(stopped);
  expect(await interrupted('seed --tickets 60 --seed 2')).toMatchObject(stopped);
  expect((await status('tickets')).table).toBe(table);
  await until('its lock is free', async () => (await said('projections rebuild tickets')).code === 0);
});

test('two at once refuse each other; one that is killed is simply run again', async () => {
  const holder = new Client({ connectionString: world.url });
  await holder.connect();
  // The first gets as far as the swap, and no further.
  await holder.query(
    "begin; select from dispatch_read.projections where name = 'directory' and state = 'live' for update",
  );
  const typescript = join(import.meta.dirname, '../../../test/support/typescript.mjs');
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, ['--import', typescript, main, 'projections', 'rebuild', 'directory'], {
    env: { PATH: process.env.PATH, DISPATCH_DATABASE_URL: world.url },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  await until('the first is at it', async () => (await status('directory')).building.length === 1);
  expect(await said('projections rebuild directory')).toMatchObject({
    code: 1,
    notes: ['error: directory is being rebuilt already'],
  });
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  await holder.end();
  await until('its lock is free', async () => (await said('projections rebuild directory')).code === 0);
  expect(await status('directory')).toMatchObject({ state: 'live', building: [] });
});

test('what is asked wrongly is one line and ends with 1', async () => {
  const names = READ_MODELS.map(({ name }) => name).join(', ');
  expect(await said('projections rebuild nothing')).toMatchObject({
    code: 1,
    notes: [`error: there is no projection nothing; there are ${names}`],
  });
  expect(await said('seed --tickets none')).toMatchObject({ code: 1, notes: [expect.stringMatching(/whole number/)] });
  expect(await said('projections list', { DISPATCH_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/x' })).toMatchObject({
    code: 1,
    notes: [expect.stringMatching(/^error: connect ECONNREFUSED/)],
  });
  expect(await said('projections list', { DISPATCH_DATA_DIRECTORY: '/data' })).toMatchObject({
    code: 1,
    notes: ['error: DISPATCH_DATA_DIRECTORY is not a setting of Dispatch'],
  });
});

test('what was refused is listed, for people and for programs', async () => {
  const scope = { code: 'FORBIDDEN_SCOPE', dimension: 'scope', field: 'account_id', target_id: randomUUID() } as const;
  const write = (id: string, ...attempts: Attempt[]) =>
    world.store.append(securityStreamOf(second(0)), 'any', denied(id, attempts));
  await write(randomUUID(), attempt(), strange('192.0.2.0/24', { at: second(1) }));
  await write(randomUUID(), attempt({ ...scope, at: second(2), actor: { id: 'eve\u202e', role: null, type: null } }));
  const within = `--from ${second(0)} --to ${second(3)}`;
  const said3 = await said(`audit denied ${within}`);
  expect(said3).toMatchObject({ code: 0, notes: [`3 refused attempts from ${second(0)} to ${second(3)}`] });
  expect(said3.lines).toEqual([
    `${second(0)}  FORBIDDEN  ann (qa, HUMAN)  POST /tickets ticket.create  from 192.0.2.0/24`,
    `${second(1)}  AUTH_REQUIRED  nobody known  POST /tickets ticket.create  from 192.0.2.0/24`,
    `${second(2)}  FORBIDDEN_SCOPE account_id ${scope.target_id}  eve\\u202e (no role)  POST /tickets ticket.create  from 192.0.2.0/24`,
  ]);
  const json = await said(`audit denied ${within} --code FORBIDDEN --actor ann --json`);
  expect(json.lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining(attempt())]);
  expect(await said(`audit denied --code VERSION_CONFLICT`)).toMatchObject({ code: 1, lines: [] });
});

test('it works on a data folder alone, and beside whoever runs it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dispatch-cli-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  const env = { DISPATCH_DATA_DIR: dataDir };
  const alone = [expect.stringMatching(/its PostgreSQL is started for this command$/)];
  expect(await said('seed --tickets 5', env)).toMatchObject({ code: 0, notes: alone });
  expect(await said('projections rebuild tickets', env)).toMatchObject({ code: 0, notes: alone });

  const postgres = await startLocalPostgres({ dataDir });
  const beside = await said('projections list', env);
  await postgres.stop();
  await rm(dataDir, { recursive: true });
  expect(beside).toMatchObject({ code: 0, notes: [] });
  expect(beside.lines).toContainEqual(expect.stringMatching(/^tickets +\d+ +live /));
});
