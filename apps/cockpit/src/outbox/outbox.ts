import { deliver, type Post } from './deliver.js';
import { type Entry, joinable, type NewEntry, nextOf, removable, wakesAt } from './entry.js';
import type { Storage } from './storage.js';

/** What the page says of the outbox. */
export interface Standing {
  readonly entries: readonly Entry[];
  /** What has arrived since this page was opened: what it shows may be older, and lack it. */
  readonly arrived: readonly Arrived[];
  /** The one on its way. */
  readonly sending: number | undefined;
  /** `away`: the service did not answer when last asked. */
  readonly link: 'unknown' | 'there' | 'away' | 'signed-out';
  /** Waiting here for somebody else, who must sign in to send it. */
  readonly othersWaiting: number;
  /** False until the device has been read. */
  readonly read: boolean;
}

export interface Arrived extends Entry {
  /** Milliseconds since 1970, by this device. */
  readonly arrivedAt: number;
}

/** The state of an outbox of which nothing is known yet. */
export const UNREAD: Standing = {
  entries: [],
  arrived: [],
  sending: undefined,
  link: 'unknown',
  othersWaiting: 0,
  read: false,
};

export interface Outbox {
  readonly standing: () => Standing;
  readonly subscribe: (changed: () => void) => () => void;
  /** Kept when this resolves; sent as soon as it can be. @throws when the device has no room */
  readonly add: (entry: NewEntry) => Promise<void>;
  /** A refused entry once more, with the same key: a refusal has stored nothing. */
  readonly retry: (seq: number) => Promise<void>;
  /** A refused entry with another body, which is another command. */
  readonly edit: (seq: number, body: Entry['body']) => Promise<void>;
  /** Takes back what was refused or never sent; anything else may have arrived, and stays. */
  readonly discard: (seq: number) => Promise<void>;
  readonly bytes: (seq: number) => Promise<Blob | undefined>;
  /** Reads the device and sends what can be sent; called when something may have changed. */
  readonly wake: () => void;
  readonly stop: () => void;
}

export interface OutboxParts extends Pick<Post, 'request' | 'put'> {
  readonly storage: Storage;
  readonly actor: string;
  /** Runs the work while no other tab of this browser does. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Tells other tabs, and hears them. */
  readonly channel: { readonly tell: () => void; readonly listen: (heard: () => void) => () => void };
  readonly newKey: () => string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly after: (ms: number, work: () => void) => () => void;
  /** A ticket has changed by what was sent. */
  readonly delivered: (ticketId: string) => void;
}

/** Milliseconds between attempts while the service is away; the last one goes on. */
const PAUSES = [1_000, 2_000, 5_000, 10_000, 20_000];

/** Arrived entries; a page that is shown soon has what is older. */
const REMEMBERED = 50;

/** Sends one actor's entries in order, each until it is answered. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { storage, actor, clock } = parts;
  const listeners = new Set<() => void>();
  let now = UNREAD;
  let run: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let misses = 0;
  let cancel = () => {};

  const say = (news: Partial<Standing>) => {
    now = { ...now, ...news };
    for (const listener of listeners) listener();
  };
  const read = async () => {
    const [entries, othersWaiting] = await Promise.all([storage.entries(actor), storage.othersWaiting(actor)]);
    say({ entries, othersWaiting, read: true });
    return entries;
  };
  const wakeIn = (ms: number) => {
    cancel();
    if (!stopped) cancel = parts.after(ms, wake);
  };

  function wake(): void {
    if (stopped) return;
    if (run) {
      again = true;
      return;
    }
    cancel();
    run = read()
      .then((entries) => (entries.length > 0 ? parts.alone(drain) : undefined))
      // The device cannot be read, or the lock was lost: what waits is still there.
      .catch(() => wakeIn(PAUSES[PAUSES.length - 1] ?? 0))
      .finally(() => {
        run = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  }

  async function drain(): Promise<void> {
    const troubled = new Set<string>();
    while (!stopped) {
      const entries = (await read()).filter(({ ticketId }) => !troubled.has(ticketId));
      const entry = nextOf(entries, clock());
      if (!entry) {
        const at = wakesAt(entries, clock());
        if (at !== undefined && troubled.size === 0) wakeIn(at - clock());
        return;
      }
      const sent = await send(entry);
      if (sent === 'stop') return;
      if (sent === 'later') troubled.add(entry.ticketId);
    }
  }

  /** `later`: the rest of this ticket waits; `stop`: all does. */
  async function send({ seq }: Entry): Promise<'answered' | 'later' | 'stop'> {
    // Counted before it goes out: from here on nothing may join it.
    const entry = await storage.update(seq, (one) => ({ ...one, attempts: one.attempts + 1 }));
    if (!entry) return 'answered';
    say({ sending: seq });
    const delivery = await deliver(entry, {
      request: parts.request,
      put: parts.put,
      bytes: () => storage.bytes(seq),
      note: async (_entry, upload) => void (await storage.update(seq, (one) => ({ ...one, upload }))),
    });
    switch (delivery.outcome) {
      case 'done':
        say({ arrived: [...now.arrived, { ...entry, arrivedAt: clock() }].slice(-REMEMBERED) });
        await storage.remove(seq, () => true);
        break;
      case 'refused':
        await storage.update(seq, (one) => ({ ...one, refusal: { ...delivery.refusal, at: clock() } }));
        break;
      case 'later':
        wakeIn(Math.max(PAUSES[Math.min(misses, PAUSES.length - 1)] ?? 0, (delivery.seconds ?? 0) * 1_000));
        misses += 1;
        break;
      case 'signed-out':
        break;
    }
    const answered = delivery.outcome === 'done' || delivery.outcome === 'refused';
    if (answered) misses = 0;
    say({
      sending: undefined,
      link: answered ? 'there' : delivery.outcome === 'later' ? 'away' : 'signed-out',
    });
    if (answered) {
      await read();
      parts.channel.tell();
      parts.delivered(entry.ticketId);
    }
    if (answered) return 'answered';
    return delivery.outcome === 'later' && delivery.answered ? 'later' : 'stop';
  }

  async function changed(): Promise<void> {
    await read();
    parts.channel.tell();
    wake();
  }

  const unlisten = parts.channel.listen(() => void read().catch(() => {}));

  return {
    standing: () => now,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: async (added) => {
      const { bytes, upload, holdMs = 0, ...command } = added;
      const madeAt = clock();
      const entry = {
        ...command,
        actor,
        key: parts.newKey(),
        madeAt,
        notBefore: holdMs > 0 ? madeAt + holdMs : 0,
        attempts: 0,
        upload: upload && { ...upload, uri: undefined, stored: false },
        refusal: undefined,
      };
      await storage.add(entry, bytes, (entries) => joinable(entries, added));
      await changed();
    },
    retry: async (seq) => {
      await storage.update(seq, (entry) => ({ ...entry, refusal: undefined, attempts: 0 }));
      await changed();
    },
    edit: async (seq, body) => {
      await storage.update(seq, (entry) =>
        entry.refusal ? { ...entry, body, key: parts.newKey(), refusal: undefined, attempts: 0 } : undefined,
      );
      await changed();
    },
    discard: async (seq) => {
      await storage.remove(seq, removable);
      await changed();
    },
    bytes: (seq) => storage.bytes(seq),
    wake,
    stop: () => {
      stopped = true;
      cancel();
      unlisten();
    },
  };
}
