import { type EvidenceStore, EvidenceStoreUnavailable } from './evidence-store.js';
import { type ObjectKey, placeOf } from './object-key.js';

/** An attached item of evidence, as far as the store is concerned. */
export interface Attached<Id> {
  readonly id: Id;
  readonly uri: string;
  /** `sha256:<hex>`, in any case. */
  readonly checksum: string | null;
  readonly withdrawn: boolean;
}

export interface AbsenceOptions {
  /** References to other places count as absent too; otherwise nobody looks after them. */
  readonly strict: boolean;
  /** Milliseconds for all of a ticket's items together. */
  readonly timeoutMs: number;
}

/** Questions to the store at a time. */
const AT_ONCE = 8;

/**
 * The ids of a ticket's items that do not count, since the store does not hold what they name: the ticket's own object
 * with the checksum that was attached. Of a reference without checksum its name is believed, which has one in it.
 * @throws EvidenceStoreUnavailable when the store does not say so in time
 */
export function absentFrom(store: EvidenceStore, { strict, timeoutMs }: AbsenceOptions) {
  return async <Id>(ticketId: string, evidence: readonly Attached<Id>[]): Promise<readonly Id[]> => {
    const absent: Id[] = [];
    const asked: { readonly id: Id; readonly object: ObjectKey }[] = [];
    for (const item of evidence.filter(({ withdrawn }) => !withdrawn)) {
      const place = placeOf(store.place, item.uri);
      if (place === 'elsewhere') {
        if (strict) absent.push(item.id);
      } else if (place === 'nothing' || place.ticketId !== ticketId || !agrees(item.checksum, place))
        absent.push(item.id);
      else asked.push({ id: item.id, object: place });
    }
    if (asked.length === 0) return absent;

    const signal = AbortSignal.timeout(timeoutMs);
    const waiting = asked.values();
    const ask = async () => {
      for (const { id, object } of waiting) if (!(await store.holds(object, signal))) absent.push(id);
    };
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new EvidenceStoreUnavailable(`no answer within ${timeoutMs} ms`)), {
        once: true,
      }),
    );
    await Promise.race([Promise.all(Array.from({ length: Math.min(AT_ONCE, asked.length) }, ask)), late]);
    return absent;
  };
}

const agrees = (checksum: string | null, { sha256 }: ObjectKey): boolean =>
  checksum === null || checksum.toLowerCase() === `sha256:${sha256}`;
