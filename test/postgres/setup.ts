// Jest loads this file outside of its own module system; what it imports loads as in a child process.
import '../support/typescript.mjs';
import { running } from './running.js';
import { startServer } from './server.js';

const VARIABLE = 'DISPATCH_TEST_POSTGRES_URL';

export default async function setup(): Promise<void> {
  const given = process.env[VARIABLE];
  const server = await startServer(given);
  process.env[VARIABLE] = server.url;
  running.undo = async () => {
    // In watch mode the next run starts a server of its own.
    if (given === undefined) delete process.env[VARIABLE];
    await server.stop();
  };
  process.stderr.write(`Postgres for the tests: ${server.origin}\n`);
  if (process.env['DISPATCH_TEST_LOG'] !== 'eventstoredb') return;
  const double = process.env['DISPATCH_TEST_EVENTSTORE_URL'] === undefined;
  process.stderr.write(
    `The log of each service: EventStoreDB, ${double ? 'the protocol double, no real server' : 'the one given'}\n`,
  );
}
