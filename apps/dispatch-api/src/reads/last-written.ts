import { comparePositions, decorated, type EventStore, type Position } from '@dispatch/event-store';

/** A log that remembers how far the answers of this node went. */
export interface RememberingLog {
  readonly store: EventStore;
  /** The greatest position that this node appended, or answered a repeated command from; 'start' before any. */
  readonly last: () => Position | 'start';
}

/** The same log; what its clients were told to be written is remembered, so that their next read can wait for it. */
export function rememberingWrites(log: EventStore): RememberingLog {
  let last: Position | 'start' = 'start';
  const remember = (position: Position) => {
    if (comparePositions(position, last) > 0) last = position;
  };
  const store = decorated(log, {
    async append(...args) {
      const result = await log.append(...args);
      if ('written' in result) remember(result.written.position);
      if ('duplicate' in result) remember(result.duplicate.position);
      return result;
    },
    async find(eventId) {
      const found = await log.find(eventId);
      if (found) remember(found.position);
      return found;
    },
  });
  return { store, last: () => last };
}
