import { canonicalJson, type EventStore, type Position, type Recorded, type Restoring } from '@dispatch/event-store';
import { compare, Difference, placeOf } from './compare.js';

export interface Copying {
  readonly source: Pick<EventStore, 'readAll' | 'head'>;
  readonly target: Pick<EventStore, 'readAll' | 'head'> & Restoring;
  readonly signal: AbortSignal;
  /** After every event compared and every batch written. */
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface CopyProgress {
  readonly step: 'comparing what is there' | 'copying' | 'comparing what was copied';
  readonly events: number;
  /** Of this step, 0 to 1, by positions: exact where they are gapless. */
  readonly share: number;
}

export interface Copied {
  /** Events that an earlier run had copied, and events that this one has. */
  readonly before: number;
  readonly now: number;
  readonly streams: number;
  /** In the source, of the last event that the target holds. */
  readonly upTo: Position | 'start';
  /** The source's newest event once all was compared. */
  readonly head: Position | 'start';
}

/** Bounds of a batch: what is held in memory at once, beside the pages that the logs are read in. */
const MAX_EVENTS = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * Makes the target the source's beginning, up to the source's end as it is when the copying begins. What the target
 * holds already must be that beginning, and is compared first; so no state is kept of how far a run has come, and one
 * that was broken off anywhere is simply run again. Then what was copied is read back from both and compared.
 * @throws Difference: the target holds something else, or the source something that is not what its hash says.
 */
export async function copyLog({ source, target, signal, onProgress }: Copying): Promise<Copied> {
  const [sourceHead, targetHead] = await Promise.all([source.head(), target.head()]);
  const comparing = (step: CopyProgress['step'], start: Position | 'start', end: Position | 'start') => {
    const share = shareOf(start, end);
    return ({ events, target }: { events: number; target: Position | 'start' }) =>
      onProgress({ step, events, share: share(target) });
  };

  const before = await compare(
    source.readAll({ after: 'start', signal }),
    target.readAll({ after: 'start', signal }),
    comparing('comparing what is there', 'start', targetHead),
  );

  const share = shareOf(before.source, sourceHead);
  let events = 0;
  let upTo = before.source;
  for await (const batch of batchesOf(source.readAll({ after: before.source, signal }))) {
    const restored = await target.restore(batch);
    if ('misfit' in restored)
      throw new Difference(`the target does not take ${placeOf(restored.misfit)}: ${restored.misfit.reason}`);
    events += batch.length;
    upTo = batch.at(-1)?.position ?? upTo;
    onProgress({ step: 'copying', events, share: share(upTo) });
  }

  const now = await compare(
    source.readAll({ after: before.source, signal }),
    target.readAll({ after: before.target, signal }),
    comparing('comparing what was copied', before.target, await target.head()),
  );
  if (now.events < events)
    throw new Difference(`the target ends ${events - now.events} events before what was copied to it`);
  return {
    before: before.events,
    now: now.events,
    streams: before.streams + now.streams,
    upTo: now.events > 0 ? now.source : before.source,
    head: await source.head(),
  };
}

async function* batchesOf(events: AsyncIterable<Recorded>): AsyncGenerator<readonly Recorded[], void> {
  let batch: Recorded[] = [];
  let characters = 0;
  for await (const event of events) {
    batch.push(event);
    characters += canonicalJson(event.data).length + canonicalJson(event.metadata).length;
    if (batch.length < MAX_EVENTS && characters < MAX_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function shareOf(start: Position | 'start', end: Position | 'start'): (at: Position | 'start') => number {
  const whole = numberOf(end) - numberOf(start);
  return (at) => (whole > 0 ? Math.min(1, (numberOf(at) - numberOf(start)) / whole) : 1);
}

/** Precise enough for a share. */
const numberOf = (position: Position | 'start'): number => (position === 'start' ? 0 : Number(position));
