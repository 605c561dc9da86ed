import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NPM, processesOf, serviceOf, start, type Started, until } from './started.js';

/** Where /proc tells who is whose child; elsewhere there is no way to find the service below npm. */
const linux = existsSync('/proc/self/status') ? describe : describe.skip;

linux('npm start', () => {
  let folder = '';
  const dataDir = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dispatch-launch-'));
    // Postgres runs as another user when this is root.
    execFileSync('chmod', ['755', folder]);
  });

  afterAll(async () => {
    for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('says what runs and where, serves, ends with 0 on SIGTERM and keeps its data', async () => {
    const first = await start(dataDir('kept'));
    expect(first.output()).toContain(`embedded PostgreSQL in ${dataDir('kept')}`);
    expect(first.output()).toContain('kept by this process');
    expect(first.output()).toContain('npm run demo');
    expect(await readiness(first)).toBe(200);
    const put = await putAccount(first);
    expect(put.status).toBe(201);
    expect(await endedBy('SIGTERM', first)).toBe(0);

    const second = await start(dataDir('kept'));
    const again = await putAccount(second);
    expect([again.status, again.headers.get('idempotency-replayed'), await again.text()]).toEqual([
      201,
      'true',
      await put.text(),
    ]);
    expect(await endedBy('SIGINT', second)).toBe(0);
  });

  // SIGINT comes from a terminal, which sends it to the whole group; npm passes on none that it alone gets.
  test('SIGTERM to npm ends the service and Postgres, and npm with 0', async () => {
    const started = await start(dataDir('npm'), {}, NPM);
    expect(await endedBy('SIGTERM', started)).toBe(0);
    expect(processesOf(dataDir('npm'))).toEqual([]);
  });

  test('SIGKILL to npm ends the service and Postgres', async () => {
    const started = await start(dataDir('npm'), {}, NPM);
    started.launcher.kill('SIGKILL');
    await until(() => processesOf(dataDir('npm')).length === 0);
    await expect(fetch(started.url)).rejects.toThrow();
  });

  test('two run beside each other, on ports and folders of their own', async () => {
    const [one, other] = await Promise.all([start(dataDir('one')), start(dataDir('other'))]);
    expect(one.url).not.toBe(other.url);
    expect((await putAccount(one)).status).toBe(201);
    const elsewhere = await fetch(new URL(`/accounts/${ACCOUNT}`, other.url), { headers: WHO });
    expect(elsewhere.status).toBe(404);
    expect(await Promise.all([endedBy('SIGTERM', one), endedBy('SIGTERM', other)])).toEqual([0, 0]);
  });

  test('a second one on the same folder is refused and leaves the first alone', async () => {
    const first = await start(dataDir('shared'));
    await expect(start(dataDir('shared'))).rejects.toThrow(/already/i);
    expect((await putAccount(first)).status).toBe(201);
    expect(await endedBy('SIGTERM', first)).toBe(0);
  });

  test('an API and a projector are two processes over one Postgres', async () => {
    const api = await start(dataDir('apart'), { DISPATCH_ROLE: 'api' });
    expect(api.output()).toContain('kept by a projector');
    expect(await readiness(api)).toBe(503);
    const projector = await start(dataDir('apart'), { DISPATCH_ROLE: 'projector' });
    for (const each of [api, projector]) await until(async () => (await readiness(each)) === 200);

    expect((await putAccount(api)).status).toBe(201);
    const listed = await fetch(new URL('/accounts', api.url), { headers: WHO });
    expect(await listed.json()).toMatchObject({ accounts: [{ id: ACCOUNT }] });
    expect((await fetch(new URL('/accounts', projector.url))).status).toBe(404);
    expect(await endedBy('SIGTERM', projector)).toBe(0);
    expect(await endedBy('SIGTERM', api)).toBe(0);
    expect(processesOf(dataDir('apart'))).toEqual([]);
  });

  test.each<[string, (started: Started) => number[]]>([
    ['the service', (started) => [serviceOf(started)]],
    ['the launcher', ({ launcher }) => [launcher.pid ?? 0]],
    ['the service and Postgres', (started) => [serviceOf(started), ...processesOf(dataDir('killed'))]],
  ])('after SIGKILL of %s the next start recovers by itself', async (_, victims) => {
    const first = await start(dataDir('killed'));
    const put = await putAccount(first);
    for (const pid of [...victims(first)]) process.kill(pid, 'SIGKILL');
    await first.exited;

    const next = await startWhenFree(dataDir('killed'));
    expect(await (await putAccount(next)).text()).toBe(await put.text());
    expect(await endedBy('SIGTERM', next)).toBe(0);
  });

  test.each([
    [{ DISPATCH_API_PROT: '1' }, 'DISPATCH_API_PROT'],
    [{ DISPATCH_API_PORT: '99999' }, 'DISPATCH_API_PORT'],
    [{ NODE_ENV: 'production' }, 'DISPATCH_AUTH_JWT_SECRET'],
    [{ DISPATCH_ROLE: 'projector' }, 'DISPATCH_DATABASE_URL'],
  ])('a bad setting stops the start with one line that names it: %o', async (settings, name) => {
    const failure = await start(dataDir('never'), settings).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(failure.split('\n').filter((line) => line.includes(name))).toHaveLength(1);
    expect(existsSync(dataDir('never'))).toBe(false);
  });

  /** After a kill of the launcher alone the service still ends in order, and holds its folder until then. */
  async function startWhenFree(dir: string): Promise<Started> {
    await until(() => processesOf(dir).length === 0);
    return start(dir);
  }

  function endedBy(signal: NodeJS.Signals, { launcher, exited }: Started): Promise<number | null> {
    launcher.kill(signal);
    return exited;
  }
});

const ACCOUNT = randomUUID();
const KEY = randomUUID();
const WHO = { 'x-actor-id': 'ines', 'x-actor-role': 'dispatcher' };

const putAccount = ({ url }: Started): Promise<Response> =>
  fetch(new URL(`/accounts/${ACCOUNT}`, url), {
    method: 'PUT',
    headers: { ...WHO, 'idempotency-key': KEY },
    body: '{"name":"Harbour Books"}',
  });

const readiness = async ({ url }: Started): Promise<number> => (await fetch(new URL('/ready', url))).status;
