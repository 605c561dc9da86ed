import { availableParallelism } from 'node:os';
import { type Counts, type Difference, verifyTicket } from '@dispatch/audit';
import { ticketStream } from '@dispatch/commands';
import { readObjectStoreSchemes } from '@dispatch/process';
import { type ReadModel, verify as verifyModel } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import type { Uuid } from '@dispatch/ticket';
import { type Connected, connectedToAny, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { printable } from './printable.js';
import { verifySideBySide } from './side-by-side.js';
import { counted, differenceLines, duration, grouped, progressLine } from '../projections/format.js';

/** Differences that are told one by one; after so many the log is not to be trusted at all. */
const TOLD = 100;

export interface Verifying {
  /** This ticket only; undefined: the whole log. */
  readonly ticket?: Uuid;
  /** How many check the log side by side; undefined: as many as the machine and the log are good for. */
  readonly processes?: number;
}

/** More than these, and the connections and the memory weigh more than the time that is won. */
const MOST_PROCESSES = 4;
/** So many events are checked faster than a process starts. */
const FEW = 50_000;

/** Checks the log and the read models; false when anything differs. */
export function verify(given: Surroundings, { ticket: ticketId, processes }: Verifying): Promise<boolean> {
  const objectStoreSchemes = readObjectStoreSchemes(given.env);
  const { printer, signal } = given;
  return connectedToAny(given, async (parts) => {
    const { texts, url, settings } = parts;
    let differences = 0;
    const onDifference = (difference: Difference) => {
      differences += 1;
      if (differences <= TOLD) printer.line(differenceLine(difference));
    };
    const options = { objectStoreSchemes, signal, onDifference };
    const began = performance.now();
    const head = await texts.head();
    const counts = ticketId
      ? await verifyTicket(texts, ticketId, options)
      : await verifySideBySide(
          texts,
          processes ?? processesFor(Number(head)),
          { url, ...settings },
          {
            ...options,
            onProgress: ({ events, position }) =>
              printer.progress(() => progressOf(events, position, head, (performance.now() - began) / 1_000)),
          },
        );
    if (!counts) throw new Failure(`there is no ticket ${ticketId}`);
    if (differences > TOLD) printer.line(`and ${counted(differences - TOLD, 'more difference')}`);
    printer.line(summary(counts, differences, (performance.now() - began) / 1_000));
    const models = await modelsDiffer(given, parts, ticketId);
    return differences === 0 && !models;
  });
}

const processesFor = (events: number): number => (events > FEW ? Math.min(availableParallelism(), MOST_PROCESSES) : 1);

/** Where, and what. */
export const differenceLine = ({ stream, revision, position, eventId, check, what }: Difference): string =>
  printable(`${stream} revision ${revision}, position ${position}, event ${eventId}: ${check}: ${what}`);

function summary({ events, decided, unjudged }: Counts, differences: number, seconds: number): string {
  const chainsOnly = unjudged > 0 ? `, ${counted(unjudged, 'event')} by chain alone` : '';
  const found = differences === 0 ? 'no difference' : counted(differences, 'difference');
  const rate = grouped(Math.round(events / seconds));
  return (
    `log: ${found} in ${counted(events, 'event')}: ${counted(decided, 'command')} decided again${chainsOnly} ` +
    `(${seconds.toFixed(1)} s, ${rate}/s)`
  );
}

function progressOf(events: number, position: string, head: string, seconds: number): string {
  const left = Math.max(0, seconds / (Number(position) / Number(head)) - seconds);
  const rate = grouped(Math.round(events / seconds));
  return `${counted(events, 'event')}, ${rate}/s, at ${position} of ${head}, ${duration(left)} left`;
}

/** Whether any read model is not what the log says. */
async function modelsDiffer(given: Surroundings, parts: Connected, ticketId: Uuid | undefined): Promise<boolean> {
  const key = ticketId && ticketStream(ticketId);
  let differ = false;
  for (const model of READ_MODELS)
    if (key === undefined || model.follows(key)) differ = (await modelDiffers(given, parts, model, key)) || differ;
  return differ;
}

async function modelDiffers(
  { printer, signal }: Surroundings,
  { models, url, store }: Connected,
  model: ReadModel,
  key: string | undefined,
): Promise<boolean> {
  const { name, version } = model;
  const live = (await models.status()).find((one) => one.name === name);
  if (live?.version !== version) {
    printer.line(`${name}: no table of version ${version} is live, so there is nothing to compare`);
    return false;
  }
  const onProgress = (progress: Parameters<typeof progressLine>[0]) =>
    printer.progress(() => `${name}: ${progressLine(progress)}`);
  const { position, differences } = await verifyModel(model, { url, store, signal, onProgress, key });
  printer.line(
    differences.length === 0
      ? `${name}: no difference at position ${position}`
      : `${name}: the table is not what the log says at position ${position}`,
  );
  for (const line of differenceLines(differences)) printer.line(line);
  return differences.length > 0;
}
