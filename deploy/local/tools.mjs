#!/usr/bin/env node
// npm run tools, npx dispatch-tools: the tools for agents. On stdio standard output belongs to the protocol.
import { fileOf, run } from './child.mjs';
import { orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  await prepare({ build: true });
  await run([fileOf('dist/apps/tool-bridge/src/main.js'), ...process.argv.slice(2)]);
});
