// npm run browser: the pages as people use them, in a headless Chromium. Jest's arguments may follow.
import { fileOf, run } from './child.mjs';
import { orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  await prepare({ build: true });
  await run([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    fileOf('node_modules/jest/bin/jest.js'),
    '--config',
    fileOf('test/browser/jest.config.mjs'),
    ...process.argv.slice(2),
  ]);
});
