import { chainHash, contentHashOf, GENESIS, type RecordedText } from '@dispatch/event-store';
import { type Fault, fault } from './difference.js';

/** What an event of a stream is linked to: the one before it. */
export interface Tail {
  readonly revision: number;
  readonly hash: string;
  readonly at: string;
}

/** The links of the stream's chain, and what is counted along it. */
export function linkFaults(event: RecordedText, before: Tail | undefined): Fault[] {
  const { stream, revision, prevHash, data, metadata } = event;
  const due = before ? before.revision + 1 : 0;
  if (revision !== due) return [fault('revision', `revision ${revision} stands where ${due} is due`)];
  if (prevHash !== (before?.hash ?? GENESIS))
    return [fault('hash', `the hash before it is not that of revision ${revision - 1}`)];
  if (event.hash !== chainHash(prevHash, contentHashOf(stream, event, data, metadata)))
    return [fault('hash', 'the hash is not that of what the event says')];
  if (before && event.at < before.at)
    return [fault('time', `the time ${event.at} is before that of revision ${before.revision}, ${before.at}`)];
  return [];
}

/** Whether the event stands right behind the one before it in the log. */
export function placeFault({ position }: RecordedText, last: RecordedText | undefined): Fault | undefined {
  const due = BigInt(last?.position ?? 0) + 1n;
  if (BigInt(position) === due) return undefined;
  const before = BigInt(position) - 1n;
  return fault(
    'position',
    `no event stands at ${due === before ? `position ${due}` : `positions ${due} to ${before}`}`,
  );
}
