import { join, resolve } from 'node:path';
import { type EventStore, openPostgresEventStore } from '@dispatch/event-store';
import { checkout, readProcessSettings } from '@dispatch/process';
import { keptActs } from '@dispatch/projection';
import { type Surroundings, withOwnLog } from '../database.js';
import { Failure } from '../failure.js';
import { counted, grouped } from '../projections/format.js';
import { wholeFolder, writeNew } from './draft-folder.js';
import { checked } from './log-check.js';
import { type Manifest, manifestFiles } from './manifest.js';
import { writeParts } from './parts.js';

/**
 * Writes the log and the operators' acts into a new folder, while a service may run and write. Nothing is locked and
 * no snapshot is held: events never change and their positions have no gaps, so all of them up to one position are
 * what the log was when it got there.
 */
export function backup(given: Surroundings, { out }: { readonly out: string }): Promise<boolean> {
  if (readProcessSettings(given.env).eventStoreUrl !== undefined)
    throw new Failure('the log is in an event store, which has a backup of its own: see docs/guides/backup.md');
  return withOwnLog(given, async (url) => {
    // Pages of a long log may take longer than what a command may.
    const store = openPostgresEventStore({ url, poolSize: 2, statementTimeoutMs: PATIENCE_MS });
    try {
      await copyOf(store, url, out, given);
      return true;
    } finally {
      await store.close();
    }
  });
}

const PATIENCE_MS = 60_000;

async function copyOf(store: EventStore, url: string, out: string, { printer, signal }: Surroundings): Promise<void> {
  const began = performance.now();
  const head = await store.head();
  // A mistyped DISPATCH_DATA_DIR would else give a backup of nothing, night after night.
  if (head === 'start') throw new Failure('the log is empty: there is nothing to back up');

  const { manifest, bytes } = await wholeFolder(out, async (draft) => {
    // First: whatever they speak of is in the log by then.
    const acts = await writeParts(draft, 'acts', keptActs(url));
    const log = checked(store.readAll({ after: 'start', signal }), 'the log');
    const of = grouped(Number(head));
    const told = each(log.events, ({ position }) =>
      printer.progress(() => `${grouped(Number(position))} of about ${of}`),
    );
    const files = [...acts, ...(await writeParts(draft, 'log', told))];
    const manifest: Manifest = {
      format: 'dispatch-backup',
      version: 1,
      release: checkout(import.meta.dirname).version,
      createdAt: new Date().toISOString(),
      log: log.tally(),
      acts: { count: acts.reduce((sum, { lines }) => sum + lines, 0) },
      files,
    };
    for (const [name, text] of Object.entries(manifestFiles(manifest))) await writeNew(join(draft, name), text);
    signal.throwIfAborted();
    return { manifest, bytes: files.reduce((sum, part) => sum + part.bytes, 0) };
  });
  const { events, lastEventAt, digest } = manifest.log;
  const size = `${grouped(Math.ceil(bytes / 1024))} KiB`;
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  printer.line(`${resolve(out)}: ${counted(events, 'event')} up to ${lastEventAt}, ${size}, in ${seconds} s`);
  printer.line(`log digest ${digest}`);
}

/** Tells of each as it passes. */
export async function* each<T>(values: AsyncIterable<T>, tell: (value: T) => void): AsyncGenerator<T> {
  for await (const value of values) {
    tell(value);
    yield value;
  }
}
