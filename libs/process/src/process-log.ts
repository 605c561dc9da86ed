import { ConfigFault } from '@dispatch/access';
import { type Log, openLog, openLogFile, standardOutput } from '@dispatch/telemetry';
import type { ProcessSettings } from './settings.js';

export interface ProcessLog {
  readonly log: Log;
  /** Writes what waits for the file, if there is one. */
  close(): Promise<void>;
}

/** Between this level and the one of the settings the signal goes to and fro. */
const CLOSER = 'debug';
const SIGNAL = 'SIGUSR2';

/**
 * The log of a process: on standard output, and in a file where the settings name one. SIGUSR2 makes it say more, and a
 * second one as much as before: of this process and no other, and without a door that has to be guarded.
 */
export async function openProcessLog(
  { logLevel, logFile }: Pick<ProcessSettings, 'logLevel' | 'logFile'>,
  service: string,
): Promise<ProcessLog> {
  const file = logFile && (await openLogFile(logFile).catch(refused));
  const log = openLog(logLevel, file ? [standardOutput(), file] : standardOutput(), service);
  let closer = false;
  const turn = () => {
    closer = !closer;
    log.setLevel(closer ? CLOSER : undefined);
    log.warn({ log_level: closer ? CLOSER : logLevel, pid: process.pid }, 'log level changed');
  };
  process.on(SIGNAL, turn);
  return {
    log,
    async close() {
      process.off(SIGNAL, turn);
      await file?.close();
    },
  };
}

function refused(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  throw new ConfigFault('DISPATCH_LOG_FILE', `cannot be opened: ${why}`);
}
