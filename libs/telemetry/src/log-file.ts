// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- the build knows only what is imported
/// <reference path="./pino-roll.d.ts" />
import { once } from 'node:events';
import type { DestinationStream } from 'pino';

/** A log that is also kept in files, beside standard output. */
export interface LogFileOptions {
  /** `dispatch.log` becomes `dispatch.1.log`, `dispatch.2.log` and so on. The folder must be there. */
  readonly path: string;
  readonly megabytes: number;
  /** Files that are kept, the newest among them. */
  readonly keep: number;
}

export interface LogFile extends DestinationStream {
  /** Writes what is waiting, and lets go of the file. */
  close(): Promise<void>;
}

/** While a file cannot be written, standard error is told so often, in milliseconds. */
const COMPLAIN_MS = 60_000;

/**
 * Lines are only ever added. A file that cannot be written (a full disk) costs lines there, which standard output has
 * all the same, and never the service.
 * @throws what keeps the file from being opened
 */
export async function openLogFile({ path, megabytes, keep }: LogFileOptions): Promise<LogFile> {
  // Here, since it brings a whole library of dates, and most processes keep no files.
  const { default: roll } = await import('pino-roll');
  const file = await roll({ file: path, size: `${megabytes}m`, limit: { count: keep, removeOtherLogFiles: true } });
  await once(file, 'ready');
  let complained = -Infinity;
  file.on('error', (error: Error) => {
    if (performance.now() < complained + COMPLAIN_MS) return;
    complained = performance.now();
    process.stderr.write(`the log file ${path} cannot be written: ${error.message}\n`);
  });
  return {
    write: (line) => void file.write(line),
    async close() {
      const closed = once(file, 'close');
      file.end();
      await closed;
    },
  };
}
