import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Entry, joinedBy } from './entry.js';
import type { Answers, Kept, Storage } from './storage.js';

interface Device extends DBSchema {
  entries: { key: number; value: Entry; indexes: { actor: string } };
  bytes: { key: number; value: Blob };
  answers: { key: [actor: string, path: string]; value: Kept; indexes: { actor: string } };
}

/** Answers kept an actor; a technician has a few jobs a day. */
const KEPT_ANSWERS = 60;

/** The drawers of this browser for this service. Outlives the tab; cleared with the site's data. */
export function openDevice(name = 'dispatch'): Storage & Answers {
  let opened: Promise<IDBPDatabase<Device>> | undefined;
  const device = () => (opened ??= open(name, () => (opened = undefined)));

  return {
    entries: async (actor) => (await device()).getAllFromIndex('entries', 'actor', actor),

    add: async (entry, bytes, join) => {
      const work = (await device()).transaction(['entries', 'bytes'], 'readwrite');
      const entries = work.objectStore('entries');
      const joined = join(await entries.index('actor').getAll(entry.actor));
      if (joined) await entries.put({ ...joined, ...joinedBy(joined, entry) });
      else {
        // The key is given by the store, in the order of what is done on this device.
        const seq = await entries.add(entry as Entry);
        if (bytes) await work.objectStore('bytes').put(bytes, seq);
      }
      await work.done;
    },

    update: async (seq, change) => {
      const work = (await device()).transaction('entries', 'readwrite');
      const entry = await work.store.get(seq);
      const changed = entry && change(entry);
      if (changed) await work.store.put(changed);
      await work.done;
      return changed;
    },

    remove: async (seq, may) => {
      const work = (await device()).transaction(['entries', 'bytes'], 'readwrite');
      const entry = await work.objectStore('entries').get(seq);
      if (entry && may(entry)) {
        await work.objectStore('entries').delete(seq);
        await work.objectStore('bytes').delete(seq);
      }
      await work.done;
    },

    bytes: async (seq) => (await device()).get('bytes', seq),

    othersWaiting: async (actor) => {
      const db = await device();
      return (await db.count('entries')) - (await db.countFromIndex('entries', 'actor', actor));
    },

    keep: async (kept) => {
      const work = (await device()).transaction('answers', 'readwrite');
      await work.store.put(kept);
      const all = await work.store.index('actor').getAll(kept.actor);
      for (const old of all.toSorted(newestFirst).slice(KEPT_ANSWERS)) await work.store.delete([old.actor, old.path]);
      await work.done;
    },

    find: async (actor, path) => (await device()).get('answers', [actor, path]),
    all: async (actor) => (await (await device()).getAllFromIndex('answers', 'actor', actor)).toSorted(newestFirst),

    forget: async (actor) => {
      const work = (await device()).transaction('answers', 'readwrite');
      for (const key of await work.store.index('actor').getAllKeys(actor)) await work.store.delete(key);
      await work.done;
    },
  };
}

const newestFirst = (a: Kept, b: Kept): number => b.at - a.at;

function open(name: string, closed: () => void): Promise<IDBPDatabase<Device>> {
  return openDB<Device>(name, 1, {
    upgrade: (db) => {
      db.createObjectStore('entries', { keyPath: 'seq', autoIncrement: true }).createIndex('actor', 'actor');
      db.createObjectStore('bytes');
      db.createObjectStore('answers', { keyPath: ['actor', 'path'] }).createIndex('actor', 'actor');
    },
    // A newer page in another tab must not wait for this one.
    blocking: (_from, _to, event) => {
      (event.target as IDBDatabase).close();
      closed();
    },
    terminated: closed,
  });
}
