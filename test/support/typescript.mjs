// Lets a child process of a test run the sources as they are: `node --import <this file> script.ts`.
// Same compiler and settings as the tests (jest.config.mjs); the service itself runs the output of `nest build`.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = new URL('../../', import.meta.url);
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
    // A script that a process forks by the name that the build gives it.
    const source = context.parentURL ? undefined : specifier.replace(/\.js$/, '.ts');
    if (source?.startsWith('file:') && source !== specifier && existsSync(new URL(source)))
      return { url: source, format: 'module', shortCircuit: true };
    // A script that a process is started with, by the name of what is built from it.
    if (context.parentURL === undefined && /^file:.*\.js$/.test(specifier)) {
      const source = specifier.replace(/\.js$/, '.ts');
      if (existsSync(new URL(source))) return { url: source, format: 'module', shortCircuit: true };
    }
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
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      swcrc: false,
      sourceMaps: 'inline',
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
      module: { type: 'es6' },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
