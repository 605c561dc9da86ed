import { describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import { type EventStore, LogUnavailable, type NewEvent, type Recorded } from '../event-store.js';
import { anEventOf, aStream, collect } from '../testing/events.js';
import { followed } from './following.js';

/** Appends until an answer comes; says how often the outcome was unknown. */
async function persist(
  store: EventStore,
  stream: string,
  event: NewEvent,
): Promise<{ event: Recorded; unknown: number }> {
  for (let unknown = 0; ; unknown += 1) {
    try {
      const result = await store.append(stream, 'any', event);
      if ('conflict' in result) throw new Error(`a conflict with 'any' at ${result.conflict}`);
      return { event: 'written' in result ? result.written : result.duplicate, unknown };
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}

export function trouble(running: () => Subject): void {
  describe('when connections break', () => {
    test('in the middle of appends, each event is there once or not at all, and a repeat by its id settles it', async () => {
      const { store, log } = running();
      const after = await store.head();
      const streams = Array.from({ length: 8 }, aStream);
      const total = 1_600;
      const cuts = [200, 600, 1_000];
      const follower = followed(store, after, total);
      let next = 0;
      let answered = 0;

      const writeOnAndOn = async () => {
        const persisted: Awaited<ReturnType<typeof persist>>[] = [];
        for (let n = next++; n < total; n = next++) {
          persisted.push(await persist(store, streams[n % streams.length] ?? '', anEventOf({ n })));
          answered += 1;
          // Cut while the other writers' appends are in flight.
          if (cuts.includes(answered)) await log.cutConnections?.();
        }
        return persisted;
      };
      const persisted = (await Promise.all(Array.from({ length: 32 }, writeOnAndOn))).flat();

      const inLog = await collect(store.readAll({ after }));
      const byId = (a: Recorded, b: Recorded) => (a.id < b.id ? -1 : 1);
      expect([...inLog].sort(byId)).toEqual(persisted.map(({ event }) => event).sort(byId));
      expect(await follower).toEqual(inLog);
      // The cuts did hit appends in flight; without connections there is nothing to cut.
      if (log.cutConnections) expect(persisted.some(({ unknown }) => unknown > 0)).toBe(true);
    }, 60_000);
  });
}
