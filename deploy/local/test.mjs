// npm test: Jest, whose arguments may follow: npm test -- --selectProjects unit
import { fileOf, run } from './child.mjs';
import { orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  await prepare({ build: false });
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  await run([
    ...node,
    fileOf('node_modules/jest/bin/jest.js'),
    '--config',
    fileOf('jest.config.mjs'),
    ...process.argv.slice(2),
  ]);
});
