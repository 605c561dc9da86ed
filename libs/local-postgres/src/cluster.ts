import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import { type Credentials, makeCredentials, readCredentials } from './credentials.js';
import { codeOf, field, LocalPostgresFailed } from './errors.js';
import { readIfThere, syncFolder } from './files.js';
import { give } from './folders.js';
import type { Layout } from './layout.js';
import type { OsUser } from './os-user.js';
import { OWNER } from './urls.js';

const DRAFT = 'initdb-';

/**
 * The cluster's credentials; makes the cluster where there is none. It is made in a folder of its own and
 * renamed when it is complete and on disk, so one that was cut short is only ever an old draft.
 */
export async function ensureCluster(layout: Layout, binaries: Binaries, user: OsUser): Promise<Credentials> {
  await removeDrafts(layout.home);
  const credentials = await readCredentials(layout.credentials);
  if (await exists(layout.cluster)) {
    if (credentials) return credentials;
    throw new LocalPostgresFailed(
      `${layout.credentials} is missing, and without it ${layout.cluster} cannot be opened`,
    );
  }
  const fresh = credentials ?? (await makeCredentials(layout.credentials));
  await create(layout, binaries, user, fresh);
  return fresh;
}

/** The settings' own environment: nothing of the shell's PG… or LC_… variables reaches Postgres. */
export const postgresEnv = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] };

/** @throws LocalPostgresFailed when the cluster is none, or is one of another major version than the binaries. */
export async function assertCluster(layout: Layout, major: string): Promise<void> {
  const version = (await readIfThere(join(layout.cluster, 'PG_VERSION')))?.trim();
  if (version === major) return;
  throw new LocalPostgresFailed(
    version === undefined
      ? `${layout.cluster} holds no PostgreSQL cluster: move it away`
      : `${layout.cluster} was made by PostgreSQL ${version}, and this is ${major}: move its content by pg_dump`,
  );
}

async function create(layout: Layout, { initdb }: Binaries, user: OsUser, credentials: Credentials): Promise<void> {
  const draft = await mkdtemp(join(layout.home, DRAFT));
  const passwordFile = join(draft, 'password');
  const data = join(draft, 'data');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, credentials.ownerPassword, { mode: 0o600 });
  for (const path of [draft, data, passwordFile]) await give(path, user);

  const args = ['--pgdata', data, '--username', OWNER, '--pwfile', passwordFile];
  // Byte order for every comparison, the same on every system and for good; full Unicode for upper and lower.
  args.push('--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C');
  args.push('--auth', 'scram-sha-256', '--data-checksums', '--no-instructions');
  await promisify(execFile)(initdb, args, { ...user, cwd: draft, env: postgresEnv }).catch((error: unknown) => {
    throw new LocalPostgresFailed(`initdb failed in ${layout.home}: ${complaint(error)}`, { cause: error });
  });

  await rename(data, layout.cluster);
  await syncFolder(layout.home);
  await rm(draft, { recursive: true });
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(DRAFT)) await rm(join(home, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** What initdb complained of, before it cleared up; else its last line. */
function complaint(error: unknown): string {
  const lines = String(field(error, 'stderr') || error)
    .trim()
    .split('\n');
  return lines.find((line) => /error:|FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
}
