import {
  type Appended,
  decorated,
  type EventStore,
  LogUnavailable,
  openMemoryEventStore,
  type Recorded,
} from '@dispatch/event-store';

/** A log in memory that tells which of its verbs were used, and whose verbs can be stood in for. */
export function watchedStore(instead: (store: EventStore) => Partial<EventStore> = () => ({})) {
  const store = openMemoryEventStore();
  const replaced: EventStore = decorated(store, instead(store));
  const used: (keyof EventStore)[] = [];
  const watched: EventStore = {
    ...replaced,
    read: (...args) => {
      used.push('read');
      return replaced.read(...args);
    },
    find: (...args) => {
      used.push('find');
      return replaced.find(...args);
    },
    append: (...args) => {
      used.push('append');
      return replaced.append(...args);
    },
  };
  return { store: watched, used };
}

/** A log whose first `failures` appends are written, and then the connection is gone before the answer. */
export function losingAnswers(failures: number) {
  let left = failures;
  return watchedStore((store) => ({
    async append(...args): Promise<Appended> {
      const result = await store.append(...args);
      if (left === 0) return result;
      left -= 1;
      throw new LogUnavailable('the answer was lost');
    },
  }));
}

export async function collect(events: AsyncIterable<Recorded>): Promise<readonly Recorded[]> {
  const collected: Recorded[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

/** The whole log, in order. */
export const wholeLog = (store: EventStore): Promise<readonly Recorded[]> => collect(store.readAll({ after: 'start' }));
