import { describe, expect, test } from '@jest/globals';
import type { Subject, WriterTask } from '../conformance.js';
import { comparePositions, type EventStore, type Position, type Recorded } from '../event-store.js';
import { anEventOf, aStream, collect } from '../testing/events.js';

/** Follows up to the event that `isLast`; the test's own time limit ends a wait for one that never comes. */
export async function followedTo(
  store: EventStore,
  after: Position | 'start',
  isLast: (event: Recorded, count: number) => boolean,
): Promise<Recorded[]> {
  const done = new AbortController();
  const events: Recorded[] = [];
  for await (const event of store.follow(after, done.signal)) {
    events.push(event);
    if (isLast(event, events.length)) done.abort();
  }
  return events;
}

function followed(store: EventStore, after: Position | 'start', count: number): Promise<Recorded[]> {
  return followedTo(store, after, (_, seen) => seen === count);
}

export function following(running: () => Subject): void {
  /** Several writers, in processes of their own where the log can be reached from there. */
  async function writers(count: number, events: number, streams: readonly string[]): Promise<readonly Recorded[]> {
    const { log, store } = running();
    const inProcess = async (writer: string): Promise<readonly Recorded[]> => {
      const results = await Promise.all(
        Array.from({ length: events }, (_, n) =>
          store.append(streams[n % streams.length] ?? writer, 'any', anEventOf({ writer, n })),
        ),
      );
      return results.flatMap((result) => ('written' in result ? [result.written] : []));
    };
    const { spawnWriter = ({ writer }: WriterTask) => inProcess(writer) } = log;
    const tasks = Array.from({ length: count }, (_, n) => ({ writer: `writer ${n}`, events, streams }));
    return (await Promise.all(tasks.map((task) => spawnWriter(task)))).flat();
  }

  const inLogOrder = (a: Recorded, b: Recorded) => comparePositions(a.position, b.position);

  describe('follow', () => {
    test('yields what is there, then waits for what comes', async () => {
      const { store } = running();
      const after = await store.head();
      const stream = aStream();
      await store.append(stream, 'none', anEventOf({ n: 0 }));
      const following = followed(store, after, 3);
      await store.append(stream, 0, anEventOf({ n: 1 }));
      await store.append(stream, 1, anEventOf({ n: 2 }));
      expect((await following).map(({ data }) => data)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    });

    test('ends at once when its signal aborts while it waits, and before it began', async () => {
      const { store } = running();
      const abort = new AbortController();
      const events = store.follow(await store.head(), abort.signal)[Symbol.asyncIterator]();
      const next = events.next();
      await store.head();
      abort.abort();
      expect(await next).toMatchObject({ done: true });
      expect(await collect(store.follow('start', AbortSignal.abort()))).toEqual([]);
    });

    test('with many writers, readers that follow miss nothing, repeat nothing, and agree on the order', async () => {
      const { store } = running();
      const after = await store.head();
      const streams = Array.from({ length: 7 }, aStream);
      const total = 4 * 300;
      const readers = Promise.all([followed(store, after, total), followed(store, after, total)]);
      const acknowledged = [...(await writers(4, 300, streams))].sort(inLogOrder);
      const [one, two] = await readers;

      expect(acknowledged).toHaveLength(total);
      expect(one).toEqual(acknowledged);
      expect(two).toEqual(acknowledged);
      expect(await collect(store.readAll({ after }))).toEqual(acknowledged);
      expect(new Set(one.map(({ position }) => position)).size).toBe(total);
      for (const stream of streams) {
        const events = acknowledged.filter((event) => event.stream === stream);
        expect(events.map(({ revision }) => revision)).toEqual(events.map((_, n) => n));
      }
    });
  });
}
