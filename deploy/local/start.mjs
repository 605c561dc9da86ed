// npm start: the service with all it needs.
import { fileOf, serve } from './child.mjs';
import { orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  await prepare({ build: true });
  await serve(fileOf('dist/apps/dispatch-api/src/main.js'), process.argv.slice(2));
});
