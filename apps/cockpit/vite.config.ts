import { defineConfig } from 'vite';
import { serviceWorker } from './service-worker.js';

/** `DISPATCH_PAGES_API=http://127.0.0.1:8080 npx vite apps/cockpit` serves the pages with an API beside them. */
const api = process.env.DISPATCH_PAGES_API ?? 'http://127.0.0.1:8080';

/** What the API answers, not the pages. */
const API_PATHS = ['tickets', 'ux', 'audit', 'ops', 'accounts', 'sites', 'technicians', 'objects', 'ready', 'metrics'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [serviceWorker()],
  build: {
    outDir: '../../dist/cockpit',
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
