// npm start: the service with all it needs, or the projector alone.
import { fileOf, serve } from './child.mjs';
import { orTell } from './failure.mjs';
import { prepare } from './prepare.mjs';

await orTell(async () => {
  await prepare({ build: true });
  const app = process.env.DISPATCH_ROLE === 'projector' ? 'projector' : 'dispatch-api';
  await serve(fileOf(`dist/apps/${app}/src/main.js`), process.argv.slice(2));
});
