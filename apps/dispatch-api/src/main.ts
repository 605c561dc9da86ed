import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigFault } from '@dispatch/access';
import { LogUnavailable } from '@dispatch/event-store';
import { AlreadyRunning, LocalPostgresFailed } from '@dispatch/local-postgres';
import { PolicyFault } from '@dispatch/policy';
import { openLog } from '@dispatch/telemetry';
import { DatabaseError } from 'pg';
import { type Config, readConfig } from './config.js';
import { type Service, startService } from './service.js';

/** The checkout or installation that this file belongs to: where package.json and policy/ are. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, 'policy'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('policy/ is not above this file');
  return findRoot(above);
}

/** What a person who started the service wants to know next. */
function welcome({ url, database, policyVersion }: Service, config: Config): string {
  const where =
    database === 'embedded'
      ? `embedded PostgreSQL in ${resolve(config.dataDir)}`
      : 'the database of DISPATCH_DATABASE_URL';
  const who = config.access.allowDevHeaders
    ? 'development headers are on: anyone who reaches the port may act as anyone'
    : 'bearer tokens only';
  return [
    `Dispatch is running at ${url}`,
    `  data      ${where}`,
    `  access    ${who}`,
    `  policy    ${policyVersion.slice(0, 19)}`,
    `  try next  open ${url}/docs, or run the story of one ticket: npm run demo`,
    '',
  ].join('\n');
}

/** Faults that a line explains better than a stack does. */
const explained = (error: unknown): error is Error =>
  [ConfigFault, PolicyFault, AlreadyRunning, LocalPostgresFailed, LogUnavailable, DatabaseError].some(
    (fault) => error instanceof fault,
  ) ||
  (error instanceof Error && 'code' in error && ['EADDRINUSE', 'EACCES', 'ECONNREFUSED'].includes(String(error.code)));

async function main(): Promise<void> {
  const root = findRoot(import.meta.dirname);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const config = readConfig(process.env);
  const log = openLog(config.logLevel);
  const starting = startService(config, log, root, version);

  // A signal during the start waits for it; a second one is not needed to end in order.
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= starting
      .then((service) => service.close())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);

  process.stdout.write(welcome(await starting, config));
}

function fail(error: unknown): void {
  const text = explained(error)
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`Dispatch could not go on: ${text}\n`);
  process.exit(1);
}

main().catch(fail);
