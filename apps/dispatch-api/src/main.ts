import { resolve } from 'node:path';
import { placeOfEventStoreDb } from '@dispatch/event-store';
import { PolicyFault } from '@dispatch/policy';
import { checkout, openProcessLog, runUntilSignal, withSecretFiles } from '@dispatch/process';
import { type Config, readConfig } from './config.js';
import { type Service, startService } from './service.js';

/** What a person who started the service wants to know next. */
function welcome({ url, database, policyVersion }: Service, config: Config): string {
  const where =
    database === 'embedded'
      ? `embedded PostgreSQL in ${resolve(config.dataDir)}`
      : 'the database of DISPATCH_DATABASE_URL';
  const log =
    config.eventStoreUrl === undefined
      ? 'in the same PostgreSQL'
      : `EventStoreDB, ${placeOfEventStoreDb(config.eventStoreUrl)}`;
  const reads = config.role === 'all' ? 'kept by this process' : 'kept by a projector, which is another process';
  const who = config.access.allowDevHeaders
    ? 'development headers are on: anyone who reaches the port may act as anyone'
    : 'bearer tokens only';
  return [
    `Dispatch is running at ${url}`,
    `  data         ${where}`,
    `  log          ${log}`,
    `  read models  ${reads}`,
    `  access       ${who}`,
    `  policy       ${policyVersion.slice(0, 19)}`,
    `  try next     open ${url} for the pages, ${url}/docs for the API; or the story of one ticket: npm run demo`,
  ].join('\n');
}

await runUntilSignal(
  async () => {
    const config = readConfig(withSecretFiles(process.env));
    const { root, version } = checkout(import.meta.dirname);
    const logs = await openProcessLog(config, 'dispatch-api');
    const service = await startService(config, logs.log, root, version);
    return { ...service, config, close: () => service.close().then(() => logs.close()) };
  },
  (service) => welcome(service, service.config),
  [PolicyFault],
);
