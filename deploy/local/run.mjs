// node run.mjs <script> [arguments]: a tool of this checkout. A .ts file is run as it stands, any other from dist/.
import { fileOf, run } from './child.mjs';
import { Failure, orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  const [script, ...args] = process.argv.slice(2);
  if (!script) throw new Failure('usage: node deploy/local/run.mjs <script> [arguments]');
  await prepare({ build: true });
  const isSource = script.endsWith('.ts');
  const typescript = new URL('../../test/support/typescript.mjs', import.meta.url).href;
  await run(isSource ? ['--import', typescript, fileOf(script), ...args] : [fileOf(`dist/${script}`), ...args]);
});
