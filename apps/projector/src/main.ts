import { resolve } from 'node:path';
import { placeOfEventStoreDb } from '@dispatch/event-store';
import {
  checkout,
  type ProcessSettings,
  readProcessSettings,
  runUntilSignal,
  withSecretFiles,
} from '@dispatch/process';
import { openLog } from '@dispatch/telemetry';
import { type Projector, startProjector } from './projector.js';

/** What a person who started it wants to know next. */
function welcome({ url, database }: Projector, { dataDir, eventStoreUrl }: ProcessSettings): string {
  const where =
    database === 'embedded'
      ? `embedded PostgreSQL in ${resolve(dataDir)}, which belongs to the API that runs there`
      : 'the database of DISPATCH_DATABASE_URL';
  const log =
    eventStoreUrl === undefined ? 'in the same PostgreSQL' : `EventStoreDB, ${placeOfEventStoreDb(eventStoreUrl)}`;
  return [
    `A projector of Dispatch is running at ${url}`,
    `  data      ${where}`,
    `  log       ${log}`,
    `  try next  ${url}/ready`,
  ].join('\n');
}

await runUntilSignal(
  async () => {
    const settings = readProcessSettings(withSecretFiles(process.env));
    const log = openLog(settings.logLevel, undefined, 'dispatch-projector');
    const { version } = checkout(import.meta.dirname);
    return { ...(await startProjector({ ...settings, role: 'projector' }, log, version)), settings };
  },
  (projector) => welcome(projector, projector.settings),
);
