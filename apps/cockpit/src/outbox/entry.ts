/** What somebody did on this device that the service has not answered yet: one command, and what goes before it. */
export interface Entry {
  /** Its place in the order of what was done here. */
  readonly seq: number;
  /** Whose it is; nobody else's sign-in sends it. See {@link actorKeyOf}. */
  readonly actor: string;
  readonly ticketId: string;
  readonly tool: string;
  /** Of the command, with the ids filled in. */
  readonly endpoint: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Idempotency-Key: the same one however often it is sent. */
  readonly key: string;
  /** Milliseconds since 1970, by this device. */
  readonly madeAt: number;
  /** Not sent before, so that what follows at once can join it; milliseconds since 1970. */
  readonly notBefore: number;
  /** How often it was sent, or begun to be. */
  readonly attempts: number;
  /** Bytes that go to the store first; the command's `uri` is known then. */
  readonly upload: Upload | undefined;
  /** The service's last word where it was no. Then it waits for the person, and so does all behind it. */
  readonly refusal: Refusal | undefined;
}

export interface Upload {
  readonly contentType: string;
  readonly sizeBytes: number;
  /** `sha256:<hex>` */
  readonly checksum: string;
  /** Where the object will stand, once the service has said so. */
  readonly uri: string | undefined;
  /** Whether the bytes are there. */
  readonly stored: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, by this device. */
  readonly at: number;
}

/** What somebody wants done; the outbox adds the rest. */
export type NewEntry = Pick<Entry, 'ticketId' | 'tool' | 'endpoint' | 'body'> & {
  readonly bytes?: Blob;
  readonly upload?: Pick<Upload, 'contentType' | 'sizeBytes' | 'checksum'>;
  /** Milliseconds for which the like of it may still join it. */
  readonly holdMs?: number;
};

/**
 * The entry to send next: the oldest of a ticket of which nothing was refused. One ticket never waits for another's
 * refusal, and nothing overtakes what was done before it on the same ticket.
 */
export function nextOf(entries: readonly Entry[], now: number): Entry | undefined {
  const seen = new Set<string>();
  return entries.find((entry) => {
    if (seen.has(entry.ticketId)) return false;
    seen.add(entry.ticketId);
    return !entry.refusal && (entry.notBefore <= now || isFollowed(entries, entry));
  });
}

/** Milliseconds since 1970 at which an entry that is held back may go; undefined when none is. */
export function wakesAt(entries: readonly Entry[], now: number): number | undefined {
  const held = entries.filter(({ refusal, notBefore }) => !refusal && notBefore > now);
  return held.length === 0 ? undefined : Math.min(...held.map(({ notBefore }) => notBefore));
}

/** Once something was done after it, nothing can join it any more. */
const isFollowed = (entries: readonly Entry[], { ticketId, seq }: Entry): boolean =>
  entries.some((other) => other.ticketId === ticketId && other.seq > seq);

/** What was never sent can be taken back, and what was refused. All else may have arrived. */
export const removable = ({ attempts, refusal }: Entry): boolean => attempts === 0 || refusal !== undefined;

/**
 * The waiting entry that a new one joins: the last of its ticket, of the same tool, held back, and never sent. Its body
 * and the new one's become one.
 */
export function joinable(entries: readonly Entry[], added: NewEntry): Entry | undefined {
  if (!added.holdMs) return undefined;
  const last = entries.findLast(({ ticketId }) => ticketId === added.ticketId);
  return last && last.tool === added.tool && last.attempts === 0 && !last.refusal && !last.upload ? last : undefined;
}

/** What a joined entry takes from the one that came later: all of its body, members that hold objects by member. */
export function joinedBy(first: Entry, later: Pick<Entry, 'body' | 'notBefore'>): Pick<Entry, 'body' | 'notBefore'> {
  const body: Record<string, unknown> = { ...first.body };
  for (const [field, value] of Object.entries(later.body)) body[field] = layered(first.body[field], value);
  return { body, notBefore: later.notBefore };
}

const layered = (under: unknown, over: unknown): unknown =>
  isPlain(under) && isPlain(over) ? { ...under, ...over } : over;
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
