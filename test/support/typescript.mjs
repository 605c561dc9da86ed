// Lets a child process of a test run the sources as they are: `node --import <this file> script.ts`.
// Compiled as the tests are; the service itself runs the output of `nest build`.
// Tests start many processes, and most of a start is compiling: what one has compiled the next ones take from a cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compilerOf } from './compiler.mjs';

const root = new URL('../../', import.meta.url);
const require = createRequire(import.meta.url);
const { version } = require('@swc/core/package.json');
const cache = fileURLToPath(new URL('node_modules/.cache/dispatch-tests/', root));
mkdirSync(cache, { recursive: true });
enableCompileCache(join(cache, 'v8'));

const options = compilerOf('es6');

/** What becomes of a source, from the cache where it, the compiler and its settings are as they were. */
function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([version, options, source]))
    .digest('hex');
  const kept = join(cache, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    // Only now: who finds all there goes without the compiler.
    const { code } = require('@swc/core').transformSync(source, { filename, ...options });
    // Whole or not at all: others start at the same time.
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
    return code;
  }
}

const { paths } = JSON.parse(readFileSync(new URL('tsconfig.json', root), 'utf8')).compilerOptions;
const aliases = new Map(Object.entries(paths).map(([name, [file]]) => [name, new URL(file, root).href]));

registerHooks({
  resolve(specifier, context, next) {
    const alias = aliases.get(specifier);
    if (alias) return { url: alias, format: 'module', shortCircuit: true };
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
      return {
        url: new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL).href,
        format: 'module',
        shortCircuit: true,
      };
    }
    // A script that a process is started with, by the name that the build gives it.
    const source = context.parentURL ? undefined : specifier.replace(/\.js$/, '.ts');
    if (source?.startsWith('file:') && source !== specifier && existsSync(new URL(source)))
      return { url: source, format: 'module', shortCircuit: true };
    if (specifier.endsWith('.ts')) {
      const url = specifier.startsWith('file:')
        ? specifier
        : new URL(specifier, context.parentURL ?? pathToFileURL(`${process.cwd()}/`)).href;
      return { url, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});
