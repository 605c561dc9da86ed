import { comparePositions } from '@dispatch/event-store';
import { type Surroundings, withOwnLog } from '../database.js';
import { Failure } from '../failure.js';
import { counted, duration, grouped } from '../projections/format.js';
import { openLogAt, placeOfLog, prepareTarget, refuseWithoutLog, sided, urlOf } from './address.js';
import { Difference } from './compare.js';
import { type Copied, copyLog, type CopyProgress } from './copy.js';

export interface CopyOptions {
  /** A URL or env:NAME; undefined: the log that the settings name. */
  readonly from?: string;
  readonly to: string;
  /** The owner's login of a target in Postgres, where its tables have yet to be made. */
  readonly toOwner?: string;
}

/** True: the target is the source up to the position that is said. False: it is not, and where is said. */
export async function copy(given: Surroundings, { from, to, toOwner }: CopyOptions): Promise<boolean> {
  const { env } = given;
  const targetUrl = urlOf(to, '--to', env);
  const ownerUrl = toOwner === undefined ? targetUrl : urlOf(toOwner, '--to-owner', env);
  const copyFrom = (url: string, place: string) => copyBetween(given, { url, place }, targetUrl, ownerUrl);
  if (from === undefined) return withOwnLog(given, copyFrom);
  const sourceUrl = urlOf(from, '--from', env);
  return copyFrom(sourceUrl, placeOfLog(sourceUrl));
}

async function copyBetween(
  { printer, signal }: Surroundings,
  from: { readonly url: string; readonly place: string },
  targetUrl: string,
  ownerUrl: string,
): Promise<boolean> {
  if (from.url === targetUrl) throw new Failure('source and target are the same log');
  printer.note(`from ${from.place}`);
  printer.note(`to   ${placeOfLog(targetUrl)}`);
  await refuseWithoutLog(from.url);
  await prepareTarget(targetUrl, ownerUrl);
  const [source, target] = [await openLogAt(from.url), await openLogAt(targetUrl)];
  const began = performance.now();
  const paced = pace();
  try {
    const copied = await copyLog({
      source: sided('source', source, signal),
      target: sided('target', target, signal),
      signal,
      onProgress: (progress) => printer.progress(paced(progress)),
    });
    for (const text of copiedLines(copied, (performance.now() - began) / 1_000)) printer.line(text);
    return true;
  } catch (error) {
    if (signal.aborted) printer.note('What was copied stays; the same command goes on behind it.');
    if (!(error instanceof Difference)) throw error;
    printer.line(`difference: ${error.message}`);
    return false;
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

function copiedLines({ before, now, streams, upTo, head }: Copied, seconds: number): string[] {
  const there = before > 0 ? `, ${grouped(before)} there already` : '';
  const left =
    comparePositions(upTo, head) < 0
      ? `copied up to position ${upTo} of the source, which has gone on to ${head}: run it again for the rest`
      : `copied up to position ${upTo} of the source, which is its newest event`;
  return [
    `${counted(now, 'event')} copied${there}, in ${seconds.toFixed(1)} s (${grouped(Math.round((before + now) / seconds))}/s)`,
    `no difference: ${counted(before + now, 'event')} of ${counted(streams, 'stream')} compared one by one, ` +
      'each hash computed again on both sides',
    left,
  ];
}

/** Told of every progress, answers what to show of it: rate and time left are those of the step. */
function pace(): (progress: CopyProgress) => () => string {
  let step: CopyProgress['step'] | undefined;
  let [began, first] = [0, 0];
  return (progress) => {
    if (progress.step !== step) {
      [step, began, first] = [progress.step, performance.now(), progress.share];
    }
    return () => progressLine(progress, (performance.now() - began) / 1_000, progress.share - first);
  };
}

function progressLine({ step, events, share }: CopyProgress, seconds: number, done: number): string {
  const rate = seconds > 0 ? `, ${grouped(Math.round(events / seconds))}/s` : '';
  const left = done > 0 ? `, ${duration((seconds * (1 - share)) / done)} left` : '';
  return `${step}: ${counted(events, 'event')}${rate}, ${Math.floor(share * 100)} %${left}`;
}
