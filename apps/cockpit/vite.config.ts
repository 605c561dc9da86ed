import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { serviceWorker } from './service-worker.js';

/** `DISPATCH_PAGES_API=http://127.0.0.1:8080 npx vite apps/cockpit` serves the pages with an API beside them. */
const api = process.env.DISPATCH_PAGES_API ?? 'http://127.0.0.1:8080';

/** What the API answers, not the pages. */
const API_PATHS = ['tickets', 'ux', 'audit', 'ops', 'accounts', 'sites', 'technicians', 'objects', 'ready', 'metrics'];

const OUT = join(import.meta.dirname, '../../dist/cockpit');

/** Beside each file what of it is sent to those who take it compressed, so that no answer pays for it. */
const compressed: Plugin = {
  name: 'compressed',
  closeBundle() {
    for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(html|js|css|svg|webmanifest)$/.test(name)) continue;
      const bytes = readFileSync(join(OUT, name));
      writeFileSync(join(OUT, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(bytes));
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // In this order: the worker is compressed with its list of files.
  plugins: [serviceWorker(), compressed],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    // The content policy of the pages allows no data: script and no inline style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // 'use client' means nothing where all runs at the client.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  server: { proxy: Object.fromEntries(API_PATHS.map((path) => [`/${path}`, api])) },
});
