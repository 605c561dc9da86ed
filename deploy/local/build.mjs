import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './failure.mjs';
import { npm } from './npm.mjs';
import { root } from './root.mjs';

/** All that the build reads. */
const SOURCES = [
  'apps',
  'libs',
  'projections',
  'policy',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'nest-cli.json',
];
const stamp = join(root, 'dist', '.stamp');

export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === contentHash(root, SOURCES);
}

export async function build() {
  const sources = contentHash(root, SOURCES);
  say(existsSync(join(root, 'dist')) ? 'building, since sources have changed' : 'building');
  // Taken away first: a build that is cut short must not pass for one.
  rmSync(stamp, { force: true });
  await npm(['run', 'build']);
  writeFileSync(stamp, sources);
}

/** Hex SHA-256 over names and contents of the files, tests apart; what is missing counts as missing. */
export function contentHash(folder, names) {
  const hash = createHash('sha256');
  for (const name of names.flatMap((each) => filesOf(folder, each)).sort()) {
    const content = readFileSync(join(folder, name));
    hash.update(`${JSON.stringify(name)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function filesOf(folder, name) {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  if (/\.spec\.ts$/.test(name) || name.endsWith('node_modules')) return [];
  const entries = tryList(path);
  return entries ? entries.flatMap((entry) => filesOf(folder, join(name, entry))) : [name];
}

/** Undefined when it is a file. */
function tryList(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
