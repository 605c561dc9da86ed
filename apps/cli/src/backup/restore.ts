import { resolve } from 'node:path';
import {
  type EventStore,
  openPostgresEventStore,
  type Recorded,
  type Restoring as Restores,
} from '@dispatch/event-store';
import { type Draft, draftDataDir, findLocalPostgres } from '@dispatch/local-postgres';
import { openDatabase, readProcessSettings, stopsInTurn } from '@dispatch/process';
import { type KeptAct, keptActs, rebuild, restoreActs, verify } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { openLog } from '@dispatch/telemetry';
import type { Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { counted, differenceLines, grouped, progressLine } from '../projections/format.js';
import { each } from './backup.js';
import { checked, demandEqual } from './log-check.js';
import { type Manifest, readManifest } from './manifest.js';
import { checkPart, readPart } from './parts.js';

export interface Restoring {
  readonly from: string;
  /** A folder that is not there yet or is empty; undefined: the backup is only looked at. */
  readonly dataDir?: string;
}

/**
 * Makes a data folder of a backup, and proves that it holds what the backup does; or, without a folder, proves that
 * the backup is what it says. Nothing is left where it does not come to its end.
 */
export async function restore(given: Surroundings, { from, dataDir }: Restoring): Promise<boolean> {
  const { printer, signal } = given;
  const settings = readProcessSettings(given.env);
  const manifest = await readManifest(from);
  for (const part of manifest.files) {
    printer.progress(() => `checking ${part.name}`);
    await checkPart(from, part, signal);
  }
  const backup = { from, manifest };
  if (dataDir === undefined) {
    for await (const _ of eventsOf(backup, given));
    for await (const _ of actsOf(backup, given));
    tellDone(given, manifest, `${resolve(from)} is sound`);
    return true;
  }

  const draft = await draftDataDir(dataDir);
  try {
    await fill(draft, backup, given, settings);
    signal.throwIfAborted();
    await draft.complete();
  } catch (error) {
    await draft.discard();
    throw error;
  }
  tellDone(given, manifest, `${resolve(dataDir)} holds what the backup does`);
  return true;
}

interface Backup {
  readonly from: string;
  readonly manifest: Manifest;
}

/** The database of the draft: filled, folded, looked at, and shut down in order. */
async function fill(
  { dataDir }: Draft,
  backup: Backup,
  given: Surroundings,
  settings: ReturnType<typeof readProcessSettings>,
): Promise<void> {
  const { signal } = given;
  const stops = stopsInTurn();
  try {
    const here = { ...settings, role: 'all', dataDir, database: undefined, eventStoreUrl: undefined } as const;
    const { url } = await openDatabase(here, openLog('silent'), stops);
    const running = await findLocalPostgres(dataDir);
    if (!running) throw new Error('the Postgres that was started does not answer');

    const store = openPostgresEventStore({ url, statementTimeoutMs: PATIENCE_MS });
    stops.add(() => store.close());
    await writeLog(store, eventsOf(backup, given));
    await restoreActs(running.ownerUrl, actsOf(backup, given));
    await verifyLog(store, backup.manifest, given);
    await verifyActs(url, backup);
    for (const model of READ_MODELS) {
      const options = { url, store, signal, onProgress: progressOf(model.name, given) };
      await rebuild(model, { ...options, by: 'restore' });
      const { differences } = await verify(model, options);
      if (differences.length > 0)
        throw new Failure(`${model.name} differs from the log: ${differenceLines(differences)[0]?.trim()}`);
    }
  } finally {
    await stops.run();
  }
}

const PATIENCE_MS = 60_000;
/** Events that are written in one transaction. */
const BATCH = 1_000;

/** Into an empty log, in their order: each gets the position that it had. Every link is made anew by the log. */
async function writeLog(store: Restores, events: AsyncIterable<Recorded>): Promise<void> {
  const write = async (batch: readonly Recorded[]) => {
    const restored = await store.restore(batch);
    if (!('misfit' in restored)) return;
    const { stream, revision, reason } = restored.misfit;
    throw new Failure(`the backup: ${stream} at revision ${revision}: ${reason}`);
  };
  let batch: Recorded[] = [];
  for await (const event of events) {
    batch.push(event);
    if (batch.length < BATCH) continue;
    await write(batch);
    batch = [];
  }
  if (batch.length > 0) await write(batch);
}

/** Of the backup's files, each looked at, and all of them what the manifest says. */
async function* eventsOf({ from, manifest }: Backup, { printer, signal }: Surroundings) {
  const log = checked(linesOf(from, manifest, 'log', signal), from);
  const of = grouped(manifest.log.events);
  yield* each(log.events, ({ position }) => printer.progress(() => `read ${grouped(Number(position))} of ${of}`));
  demandEqual(log.tally(), manifest.log, from);
}

async function* actsOf({ from, manifest }: Backup, { signal }: Surroundings) {
  let count = 0;
  for await (const act of linesOf(from, manifest, 'acts', signal)) {
    count += 1;
    // Its columns' types and constraints are what looks at it.
    yield act as KeptAct;
  }
  if (count !== manifest.acts.count)
    throw new Failure(`${from}: ${counted(count, 'act')}, the manifest says ${manifest.acts.count}`);
}

async function* linesOf(from: string, { files }: Manifest, kind: 'log' | 'acts', signal: AbortSignal) {
  for (const part of files.filter((one) => one.kind === kind))
    for await (const value of readPart(from, part)) {
      signal.throwIfAborted();
      yield value;
    }
}

/** The log as a service will read it: each event, their order, and its end. */
async function verifyLog(store: EventStore, manifest: Manifest, { printer, signal }: Surroundings) {
  const where = 'the restored log';
  const log = checked(store.readAll({ after: 'start', signal }), where);
  const of = grouped(manifest.log.events);
  for await (const { position } of log.events) printer.progress(() => `verified ${grouped(Number(position))} of ${of}`);
  demandEqual(log.tally(), manifest.log, where);
}

async function verifyActs(url: string, { from, manifest }: Backup): Promise<void> {
  const restored = keptActs(url);
  for (const part of manifest.files.filter(({ kind }) => kind === 'acts'))
    for await (const act of readPart(from, part)) {
      const value: unknown = (await restored.next()).value;
      if (JSON.stringify(value) !== JSON.stringify(act))
        throw new Failure(`the restored acts: ${JSON.stringify(value)} is not what the backup holds`);
    }
}

const progressOf =
  (name: string, { printer }: Surroundings) =>
  (progress: Parameters<typeof progressLine>[0]) =>
    printer.progress(() => `${name}: ${progressLine(progress)}`);

function tellDone({ printer }: Surroundings, { log, acts, release, createdAt }: Manifest, what: string): void {
  printer.line(
    `${what}: ${counted(log.events, 'event')} up to ${log.lastEventAt} and ${counted(acts.count, "operator's act")}, ` +
      `as release ${release} wrote them at ${createdAt}`,
  );
  printer.line(`log digest ${log.digest}`);
}
