import type { EventStore, Recorded } from '@dispatch/event-store';
import { createHash } from 'node:crypto';
import type { Erasure, KeyStore } from './keys.js';

/** The log says of each who was forgotten that they were, in a stream named by the subject: an id that tells of nobody. */
const STREAM = 'privacy-';
const ERASED_EVENT = 'SubjectErased';

export interface Erasing {
  readonly keys: KeyStore;
  readonly store: EventStore;
}

/**
 * Destroys a subject's key, then says so in the log. In this order: what the log says was erased is erased. A crash
 * between the two leaves a note beside the keys, and {@link settleErasures} says the rest. Again and again is as once.
 */
export async function eraseSubject(
  { keys, store }: Erasing,
  subject: string,
  by: string,
): Promise<'erased' | 'before' | 'unknown'> {
  const outcome = await keys.erase(subject, by);
  if (outcome !== 'unknown') await settleErasures({ keys, store });
  return outcome;
}

/** Says in the log of every erasure that it does not know of yet. Answers how many. */
export async function settleErasures({ keys, store }: Erasing): Promise<number> {
  const unsaid = (await keys.erasures()).filter(({ recorded }) => !recorded);
  for (const erasure of unsaid) {
    // The id follows from the subject: of two that come at once one writes.
    await store.append(STREAM + erasure.subject, 'any', eventOf(erasure));
    await keys.recorded(erasure.subject);
  }
  return unsaid.length;
}

/** The erasure that an event of the log tells of, for a database whose keys come from elsewhere. */
export function erasureIn({ stream, type, at, metadata }: Recorded): Omit<Erasure, 'recorded'> | undefined {
  if (type !== ERASED_EVENT || !stream.startsWith(STREAM)) return undefined;
  return { subject: stream.slice(STREAM.length), at, by: actorOf(metadata) };
}

function actorOf({ actor }: Recorded['metadata']): string {
  const id = actor !== null && typeof actor === 'object' && 'id' in actor ? actor.id : undefined;
  return typeof id === 'string' ? id : 'unknown';
}

const eventOf = ({ subject, at, by }: Erasure) => ({
  id: idOf(subject),
  type: ERASED_EVENT,
  schemaVersion: 1,
  data: { subject },
  metadata: { actor: { id: by, role: 'system', type: 'SYSTEM' } },
  at,
});

/** UUIDv5 (RFC 9562, 5.5) in a namespace of its own. */
function idOf(subject: string): string {
  const namespace = Buffer.from('5b0f4c3a5a0e5d599c1b6f0d2c1d7a04', 'hex');
  const digest = createHash('sha1').update(namespace).update(subject).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
