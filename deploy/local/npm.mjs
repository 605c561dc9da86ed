import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join, resolve } from 'node:path';
import { Failure } from './failure.mjs';
import { root } from './root.mjs';

/**
 * Runs npm in the checkout, quietly; its stdout.
 * @throws {Failure} with all it wrote
 */
export async function npm(args, options = {}) {
  const { env = process.env } = options;
  // Windows starts a .cmd file only by its shell; the arguments are our own and need no quotes.
  return output('npm', args, { env, shell: process.platform === 'win32' });
}

export async function output(command, args, options) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const written = { stdout: '', all: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written.stdout += text;
    written.all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written.all += text;
  });
  const named = [command, ...args].join(' ');
  const [code, signal] = await once(child, 'close').catch((error) => {
    throw new Failure(error.code === 'ENOENT' ? `${command} was not found on the PATH` : `${named}: ${error.message}`);
  });
  if (code === 0) return written.stdout;
  throw new Failure(`${named} failed (${signal ?? `exit code ${code}`})`, written.all);
}

/** The environment without this checkout's node_modules/.bin on the PATH: for what replaces node_modules under itself. */
export function machineEnv() {
  const bin = join(root, 'node_modules', '.bin');
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (process.env[name] ?? '').split(delimiter).filter((folder) => folder && resolve(folder) !== bin);
  return { ...process.env, [name]: folders.join(delimiter) };
}
