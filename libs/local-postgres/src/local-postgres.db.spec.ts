import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { findLocalPostgres, grantRole, type LocalPostgres, startLocalPostgres } from './index.js';
import { type Layout, layoutOf } from './layout.js';
import { readPostmasterPid } from './postmaster-pid.js';

const root = join(import.meta.dirname, '../../..');

async function newFolder(): Promise<string> {
  // Characters that a URL, a setting and a shell each must get right.
  const folder = await mkdtemp(join(tmpdir(), "dispatch ä,'-"));
  await chmod(folder, 0o755);
  return folder;
}

async function rows(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  // A server that is killed ends its connections: the query says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(10);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('one data folder', () => {
  let layout: Layout;
  const running: LocalPostgres[] = [];
  const children: ChildProcess[] = [];

  const start = async (log?: (line: string) => void): Promise<LocalPostgres> => {
    const postgres = await startLocalPostgres({ dataDir: layout.dataDir, log });
    running.push(postgres);
    return postgres;
  };
  const serverPid = async () => (await readPostmasterPid(layout.postmasterPid))?.pid ?? NaN;

  /** Another process that owns the folder. */
  const startElsewhere = async (): Promise<{ url: string; child: ChildProcess }> => {
    const args = ['--import', join(root, 'test/support/typescript.mjs'), join(import.meta.dirname, 'testing/owner.ts')];
    const child = spawn(process.execPath, [...args, layout.dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [url] = await once(child.stdout, 'data');
    return { url: String(url).trim(), child };
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  beforeAll(async () => {
    layout = layoutOf(await newFolder());
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const postgres of running) await postgres.stop();
    await rm(layout.dataDir, { recursive: true });
  });

  test('a first start makes the cluster, its database and a service role without powers', async () => {
    const postgres = await start();
    expect(await rows(postgres.serviceUrl, 'SELECT current_database() AS name')).toEqual([{ name: 'dispatch' }]);
    expect(
      await rows(
        postgres.serviceUrl,
        'SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
      ),
    ).toEqual([{ rolname: 'dispatch_service', rolsuper: false, rolcreatedb: false, rolcreaterole: false }]);
    expect(
      await rows(
        postgres.ownerUrl,
        `SELECT current_setting('server_encoding') AS encoding, current_setting('data_checksums') AS checksums,
                current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listens, datlocale AS locale
         FROM pg_database WHERE datname = current_database()`,
      ),
    ).toEqual([{ encoding: 'UTF8', checksums: 'on', fsync: 'on', listens: '', locale: 'C.UTF-8' }]);
    expect((await stat(layout.credentials)).mode & 0o777).toBe(0o600);
    await postgres.stop();
    await expect(postgres.exited).resolves.toBeUndefined();
  });

  test('a wrong password does not get in', async () => {
    const postgres = await start();
    const wrong = postgres.serviceUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(rows(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await postgres.stop();
  });

  test('a stop and a start keep what was stored, and a role that was granted', async () => {
    const first = await start();
    await rows(first.ownerUrl, 'CREATE ROLE readers; CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
    await rows(first.ownerUrl, 'GRANT SELECT ON kept TO readers');
    await grantRole(first.ownerUrl, 'readers', 'dispatch_service');
    await first.stop();
    const second = await start();
    expect(await rows(second.serviceUrl, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await second.stop();
  });

  test('it is found while it runs, not afterwards', async () => {
    const postgres = await start();
    const { ownerUrl, serviceUrl } = postgres;
    expect(await findLocalPostgres(layout.dataDir)).toEqual({ ownerUrl, serviceUrl });
    await postgres.stop();
    expect(await findLocalPostgres(layout.dataDir)).toBeUndefined();
  });

  test('a server that is killed comes back under the same URLs, with what was committed', async () => {
    const lines: string[] = [];
    const postgres = await start((line) => lines.push(line));
    await rows(postgres.ownerUrl, 'INSERT INTO kept VALUES (2)');
    const before = await serverPid();
    process.kill(before, 'SIGKILL');
    await until(async () => (await serverPid()) !== before && (await findLocalPostgres(layout.dataDir)) !== undefined);
    expect(await rows(postgres.ownerUrl, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(lines[0]).toBe('Postgres ended unasked (signal SIGKILL); starting it again');
    await postgres.stop();
  });

  test('a server ends with its owner, even when that is killed, and the folder is free again', async () => {
    const { url, child } = await startElsewhere();
    await rows(url, 'INSERT INTO kept VALUES (3)');
    const orphan = await serverPid();
    await kill(child);
    await until(async () => !runs(orphan));
    const postgres = await start();
    expect(await rows(postgres.ownerUrl, 'SELECT max(n) AS n FROM kept')).toEqual([{ n: 3 }]);
    await postgres.stop();
  });

  test('a server that nobody watches any more is ended before the next one starts', async () => {
    const { child } = await startElsewhere();
    const orphan = await serverPid();
    const family = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(child.pid)], { encoding: 'utf8' });
    const sentinel = Number(/(\d+) sh/.exec(family)?.[1]);
    process.kill(sentinel, 'SIGKILL');
    await kill(child);
    expect(runs(orphan)).toBe(true);
    const lines: string[] = [];
    const postgres = await start((line) => lines.push(line));
    expect(lines).toEqual([`ending the Postgres that was left running as pid ${orphan}`]);
    expect(runs(orphan)).toBe(false);
    await postgres.stop();
  });

  test('lock files whose number another program has now are no hindrance', async () => {
    const { uid, gid } = await stat(layout.cluster);
    // Of the same user as Postgres, which takes a process that it may not signal for none.
    const other = spawn('sleep', ['600'], { ...(process.getuid?.() === 0 && { uid, gid }), stdio: 'ignore' });
    children.push(other);
    const lock = `${other.pid}\n${layout.cluster}\n0\n5432\n${layout.sockets}\n`;
    await writeFile(layout.postmasterPid, `${lock}\n0 0\nready\n`);
    await writeFile(layout.socketLock, lock);
    const postgres = await start();
    expect(await rows(postgres.ownerUrl, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    await postgres.stop();
  });

  test('the log holds nothing of what was stored', async () => {
    const postgres = await start();
    await rows(postgres.ownerUrl, 'CREATE UNIQUE INDEX ON kept (n)');
    await expect(rows(postgres.ownerUrl, 'INSERT INTO kept VALUES (1), (777000)')).rejects.toThrow();
    await postgres.stop();
    const log = await readFile(layout.log, 'utf8');
    expect(log).toContain('duplicate key value');
    expect(log).not.toMatch(/777000|already exists|INSERT|PASSWORD/);
  });

  test('settings that Postgres refuses are told with its own words', async () => {
    const settings = { max_connections: 'many' };
    await expect(startLocalPostgres({ dataDir: layout.dataDir, settings })).rejects.toThrow(/max_connections/);
  });
});

test('an initdb that was cut short is done again', async () => {
  const layout = layoutOf(await newFolder());
  await mkdir(join(layout.home, 'initdb-cut', 'data', 'base'), { recursive: true });
  await writeFile(join(layout.home, 'initdb-cut', 'data', 'PG_VERSION'), '18\n');
  const postgres = await startLocalPostgres({ dataDir: layout.dataDir });
  expect(await rows(postgres.serviceUrl, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
  expect((await readdir(layout.home)).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  await postgres.stop();

  const before = (await stat(layout.cluster)).ino;
  await rm(layout.credentials);
  await expect(startLocalPostgres({ dataDir: layout.dataDir })).rejects.toThrow(/credentials.json is missing/);
  expect((await stat(layout.cluster)).ino).toBe(before);
  await rm(layout.dataDir, { recursive: true });
});
