import type { EventStore } from './event-store.js';

/** The same log, with some of its verbs done in another way. */
export function decorated(store: EventStore, verbs: Partial<EventStore>): EventStore {
  return {
    read: (...args) => store.read(...args),
    readAll: (...args) => store.readAll(...args),
    links: (...args) => store.links(...args),
    follow: (...args) => store.follow(...args),
    append: (...args) => store.append(...args),
    find: (...args) => store.find(...args),
    head: () => store.head(),
    close: () => store.close(),
    ...verbs,
  };
}
