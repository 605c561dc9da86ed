// Jest loads this file outside of its own module system; what it imports loads as in a child process.
import '../support/typescript.mjs';
import { MIGRATED, READY, SERVER } from './database.js';
import { running } from './running.js';
import { startServer } from './server.js';
import { createTemplates } from './templates.js';

export default async function setup(): Promise<void> {
  const given = process.env[SERVER];
  const server = await startServer(given);
  const templates = await createTemplates(server.url).catch(async (error: unknown) => {
    // Jest undoes nothing of a setup that has failed.
    await server.stop();
    throw error;
  });
  process.env[SERVER] = server.url;
  process.env[MIGRATED] = templates.migrated;
  process.env[READY] = templates.ready;
  running.undo = async () => {
    // In watch mode the next run starts a server of its own.
    if (given === undefined) delete process.env[SERVER];
    await templates.drop();
    await server.stop();
  };
  process.stderr.write(`Postgres for the tests: ${server.origin}\n`);
  if (process.env['DISPATCH_TEST_LOG'] !== 'eventstoredb') return;
  const double = process.env['DISPATCH_TEST_EVENTSTORE_URL'] === undefined;
  process.stderr.write(
    `The log of each service: EventStoreDB, ${double ? 'the protocol double, no real server' : 'the one given'}\n`,
  );
}
