import { type Entry, joinedBy } from '../entry.js';
import type { Storage } from '../storage.js';

/** The device's drawers without a device. */
export function memoryStorage(): Storage {
  let last = 0;
  const entries = new Map<number, Entry>();
  const bytes = new Map<number, Blob>();
  const of = (actor: string) => [...entries.values()].filter((entry) => entry.actor === actor);
  return {
    entries: async (actor) => of(actor),
    add: async (entry, blob, join) => {
      const joined = join(of(entry.actor));
      const seq = joined?.seq ?? (last += 1);
      entries.set(seq, joined ? { ...joined, ...joinedBy(joined, entry) } : { ...entry, seq });
      if (blob && !joined) bytes.set(seq, blob);
    },
    update: async (seq, change) => {
      const entry = entries.get(seq);
      const changed = entry && change(entry);
      if (changed) entries.set(seq, changed);
      return changed;
    },
    remove: async (seq, may) => {
      const entry = entries.get(seq);
      if (!entry || !may(entry)) return;
      entries.delete(seq);
      bytes.delete(seq);
    },
    bytes: async (seq) => bytes.get(seq),
    othersWaiting: async (actor) => [...entries.values()].filter((entry) => entry.actor !== actor).length,
  };
}
