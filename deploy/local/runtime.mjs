import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Failure, say } from './failure.mjs';
import { machineEnv, npm, output } from './npm.mjs';
import { root } from './root.mjs';

/** Where the machine's Node is older than this, one is added to node_modules. */
const OLDEST = '24.9.0';

/** Node as an npm package, and what the tarball must hash to. */
const VERSION = '24.21.0';
const INTEGRITY = {
  'linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

const platform = `${process.platform}-${process.arch}`;
const folder = join(root, 'node_modules', `node-${platform}`);
const link = join(root, 'node_modules', '.bin', 'node');

/** Compares versions like 24.9.0 or v24.9.0; a prerelease counts as its release. */
export function isOlder(version, than) {
  const [a, b] = [version, than].map((text) => text.replace(/^v/, '').split(/[.-]/).slice(0, 3).map(Number));
  const at = a.findIndex((number, index) => number !== b[index]);
  return at !== -1 && a[at] < b[at];
}

/** True when the added Node is asked for and not there, or is another than the pinned one. */
export function lacksRuntime() {
  return needsRuntime() && !isInstalled();
}

/** The Node that everything of Dispatch runs on. */
export function nodePath() {
  return needsRuntime() ? link : process.execPath;
}

/** @throws {Failure} where there is none for this platform, or the tarball is not the one that is expected */
export async function installRuntime() {
  const integrity = INTEGRITY[platform];
  if (!integrity) {
    throw new Failure(
      `Node ${OLDEST} or newer must be installed: this is ${process.version}, and none can be added for ${platform}`,
    );
  }
  say(`adding Node ${VERSION} to node_modules, since ${OLDEST} or newer is needed and the machine has none`);
  const download = mkdtempSync(join(tmpdir(), 'dispatch-node-'));
  const unpacked = `${folder}.${process.pid}.tmp`;
  try {
    const name = `node-${platform}`;
    await npm(['pack', `${name}@${VERSION}`, '--silent', '--pack-destination', download], { env: machineEnv() });
    const tarball = join(download, `${name}-${VERSION}.tgz`);
    verify(readFileSync(tarball), integrity, `${name}@${VERSION}`);
    mkdirSync(unpacked, { recursive: true });
    await output('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components', '1', '--no-same-owner']);
    place(unpacked);
  } finally {
    rmSync(download, { recursive: true, force: true });
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** @throws {Failure} unless the bytes hash to what the repository says */
export function verify(bytes, integrity, name) {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== integrity)
    throw new Failure(`${name} from the registry is not what was expected: ${found}, not ${integrity}`);
}

function place(unpacked) {
  chmodSync(join(unpacked, 'bin', 'node'), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unpacked, folder);
  mkdirSync(join(link, '..'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('..', `node-${platform}`, 'bin', 'node'), link);
}

/** A process that already runs on the added Node says nothing of the machine's own: then it is needed still. */
function needsRuntime() {
  return isOlder(process.version, OLDEST) || process.execPath.startsWith(`${join(root, 'node_modules')}${sep}`);
}

function isInstalled() {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return version === VERSION && realpathSync(link) === realpathSync(join(folder, 'bin', 'node'));
  } catch {
    return false;
  }
}
