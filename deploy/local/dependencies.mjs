import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './failure.mjs';
import { machineEnv, npm } from './npm.mjs';
import { root } from './root.mjs';

/** Written last, and gone with the folder, so it tells of a complete install. */
const stamp = join(root, 'node_modules', '.dispatch-lock');

/** Why npm ci has to run; undefined when what is installed is what the lockfile says. */
export function staleDependencies() {
  if (!existsSync(join(root, 'node_modules'))) return 'there are none yet';
  if (!existsSync(stamp)) return 'it is not known whether they are complete';
  return readFileSync(stamp, 'utf8') === expected() ? undefined : 'the lockfile or the platform has changed';
}

export async function installDependencies(reason) {
  say(`installing dependencies, since ${reason} (npm ci)`);
  // NODE_ENV=production must not leave out the compiler.
  await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], { env: machineEnv() });
  stampDependencies();
}

/** Says that node_modules is what the lockfile says. */
export function stampDependencies() {
  writeFileSync(stamp, expected());
}

function expected() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lockfile} ${process.platform}-${process.arch}\n`;
}
