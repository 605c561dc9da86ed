import { describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import { type EventStore, LogUnavailable, type NewEvent, type Recorded } from '../event-store.js';
import { anEventOf, aStream, collect } from '../testing/events.js';
import { followedTo } from './following.js';

/** Appends until an answer comes; tells of each time the outcome was unknown. */
async function persist(store: EventStore, stream: string, event: NewEvent, unknown: () => void): Promise<Recorded> {
  for (;;) {
    try {
      const result = await store.append(stream, 'any', event);
      if ('conflict' in result) throw new Error(`a conflict with 'any' at ${result.conflict}`);
      return 'written' in result ? result.written : result.duplicate;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      unknown();
    }
  }
}

const LEAST_EVENTS = 500;
/** A cut fails all that is in flight or waits: so many appends are broken by several cuts. */
const LEAST_BROKEN = 100;

export function trouble(running: () => Subject): void {
  describe('when connections break', () => {
    test('in the middle of appends, each event is there once or not at all, and a repeat by its id settles it', async () => {
      const { store, log } = running();
      const after = await store.head();
      const streams = Array.from({ length: 8 }, aStream);
      const last = anEventOf({ last: true });
      const follower = followedTo(store, after, ({ id }) => id === last.id);
      let broken = 0;
      const unknown = () => {
        broken += 1;
      };

      const cutOften = async () => {
        while (log.cutConnections && broken < LEAST_BROKEN) await log.cutConnections();
      };
      let cutting = true;
      const cuts = cutOften().finally(() => {
        cutting = false;
      });
      let next = 0;
      const writeOnAndOn = async () => {
        const persisted: Recorded[] = [];
        for (let n = next++; n < LEAST_EVENTS || cutting; n = next++)
          persisted.push(await persist(store, streams[n % streams.length] ?? '', anEventOf({ n }), unknown));
        return persisted;
      };
      const persisted = (await Promise.all(Array.from({ length: 32 }, writeOnAndOn))).flat();
      await cuts;
      persisted.push(await persist(store, aStream(), last, unknown));

      const inLog = await collect(store.readAll({ after }));
      const byId = (a: Recorded, b: Recorded) => (a.id < b.id ? -1 : 1);
      expect([...inLog].sort(byId)).toEqual([...persisted].sort(byId));
      expect(await follower).toEqual(inLog);
    });
  });
}
