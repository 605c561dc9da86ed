import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Tells the service worker which files make up this build. They and the worker's own text are its version: a build that
 * differs in anything is another worker, which the browser installs beside the one in use.
 */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'dispatch:service-worker',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    closeBundle: () => {
      const worker = join(folder, 'sw.js');
      const source = readFileSync(worker, 'utf8');
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(map|gz|br)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => path !== worker)
        .toSorted();
      const version = createHash('sha256').update(source);
      for (const path of names) version.update(path.slice(folder.length)).update(readFileSync(path));
      const files = names.map((path) => path.slice(folder.length)).map((path) => (path === '/index.html' ? '/' : path));
      writeFileSync(
        worker,
        source
          .replace("'__VERSION__'", JSON.stringify(version.digest('hex').slice(0, 16)))
          .replace("['__FILES__']", JSON.stringify(files)),
      );
    },
  };
}
