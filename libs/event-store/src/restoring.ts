import { type Admitted, admit } from './admission.js';
import type { Misfit, Recorded } from './event-store.js';
import { chainHash, GENESIS } from './hash.js';

/** What says where an event is and that it is that event. */
type Place = Pick<Recorded, 'id' | 'stream' | 'revision' | 'hash'>;

/** Reasons of a misfit. */
export const TAKEN = 'another event has its place here';
export const UNLINKED = 'the hash before it is not that of the event before it here';
export const nextIs = (revision: number): string => `the next revision of its stream is ${revision} here`;

/** An event of another log, ready to be written to its place; or why its hash is not that of what it says. */
export function admitRecorded(event: Recorded): { readonly admitted: Admitted } | { readonly misfit: Misfit } {
  const { stream, revision, prevHash, hash } = event;
  try {
    const admitted = admit(stream, revision === 0 ? 'none' : revision - 1, event);
    if (chainHash(prevHash, admitted.contentHash) === hash) return { admitted };
    return { misfit: misfitOf(event, 'its hash is not that of what it says and of the hash before it') };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { misfit: misfitOf(event, error.message) };
  }
}

/** Why the event is not the next one behind the stream's tail; undefined when it is. */
export function brokenLink(event: Recorded, tail: Pick<Recorded, 'revision' | 'hash'> | undefined): Misfit | undefined {
  const next = tail ? tail.revision + 1 : 0;
  if (event.revision !== next) return misfitOf(event, event.revision > next ? nextIs(next) : TAKEN);
  return event.prevHash === (tail?.hash ?? GENESIS) ? undefined : misfitOf(event, UNLINKED);
}

/** Why what holds the event's id or its place is not that event; undefined when it is. */
export function holderMisfit(event: Place, holder: Place): Misfit | undefined {
  if (holder.stream !== event.stream || holder.revision !== event.revision)
    return misfitOf(event, `its id is taken here by ${holder.stream} at revision ${holder.revision}`);
  if (holder.id !== event.id) return misfitOf(event, TAKEN);
  return holder.hash === event.hash ? undefined : misfitOf(event, 'it stands here with another hash');
}

export function misfitOf({ stream, revision }: Pick<Recorded, 'stream' | 'revision'>, reason: string): Misfit {
  return { stream, revision, reason };
}
