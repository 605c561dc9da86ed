import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore, Expected, Json } from '@dispatch/event-store';
import { type Folded, foldedStreams, type Streams, weightOf } from './streams.js';
import { watchedStore } from './testing/stores.js';
import { said, type Tally, tallied } from './testing/tally.js';

let store: EventStore;
let used: (keyof EventStore)[];
let streams: Streams<Tally>;

beforeEach(() => {
  ({ store, used } = watchedStore());
  streams = foldedStreams(store, tallied);
});

/** Another process writes. */
async function written(stream: string, type: string, expected: Expected = 'any') {
  const result = await store.append(stream, expected, said(type));
  if (!('written' in result)) throw new Error(JSON.stringify(result));
  return result.written;
}

/** What a stream of these events is kept as. */
const folded = (state: Tally, revision: number): Folded<Tally> => ({
  state,
  revision,
  bytes: state.reduce((sum, type) => sum + weightOf(said(type).data), 0),
});

describe('what is kept', () => {
  test('is read once, and then answered without the log', async () => {
    await written('s', 'one');
    expect(await streams.recent('s')).toEqual(folded(['one'], 0));
    used.length = 0;
    expect(await streams.recent('s')).toEqual(folded(['one'], 0));
    expect(used).toEqual([]);
  });

  test('may be behind the log; current goes on from there', async () => {
    await written('s', 'one');
    await streams.recent('s');
    await written('s', 'two');
    expect(await streams.recent('s')).toEqual(folded(['one'], 0));
    expect(await streams.current('s')).toEqual(folded(['one', 'two'], 1));
    expect(await streams.recent('s')).toEqual(folded(['one', 'two'], 1));
  });

  test('is nothing for a stream that does not exist: it is looked for each time', async () => {
    expect(await streams.recent('s')).toBeUndefined();
    expect(await streams.current('s')).toBeUndefined();
    await written('s', 'one');
    expect(await streams.recent('s')).toEqual(folded(['one'], 0));
  });

  test('takes in what was just written', async () => {
    await written('s', 'one');
    const before = await streams.recent('s');
    streams.wrote(before, await written('s', 'two'));
    used.length = 0;
    expect(await streams.recent('s')).toEqual(folded(['one', 'two'], 1));
    expect(used).toEqual([]);
  });

  test('is never replaced by something older', async () => {
    await written('s', 'one');
    const before = await streams.recent('s');
    const two = await written('s', 'two');
    await written('s', 'three');
    await streams.current('s');
    expect(streams.wrote(before, two)).toEqual(folded(['one', 'two'], 1));
    expect(await streams.recent('s')).toEqual(folded(['one', 'two', 'three'], 2));
  });

  test('is never replaced by a reading that began before a write and ended after it', async () => {
    await written('s', 'one');
    const reads = Promise.withResolvers<void>();
    const { store: slow } = watchedStore(() => ({
      async *read(...args) {
        yield* store.read(...args);
        await reads.promise;
      },
    }));
    const behind = foldedStreams(slow, tallied);
    const reading = behind.current('s');
    const two = await written('s', 'two');
    behind.wrote({ state: ['one'], revision: 0, bytes: 32 }, two);
    reads.resolve();
    await reading;
    expect(await behind.recent('s')).toEqual(folded(['one', 'two'], 1));
  });
});

describe('the bound', () => {
  /** Of one event of these. */
  const WEIGHT = weightOf(said('said').data);

  test('is a weight: what was used least lately goes first', async () => {
    streams = foldedStreams(store, tallied, 4 * WEIGHT);
    for (const stream of ['a', 'a', 'b', 'c']) await written(stream, 'said');
    for (const stream of ['a', 'b', 'c']) await streams.recent(stream);
    await streams.recent('a');
    await written('d', 'said');
    await streams.recent('d');
    used.length = 0;
    for (const stream of ['a', 'c', 'd']) await streams.recent(stream);
    expect(used).toEqual([]);
    await streams.recent('b');
    expect(used).toEqual(['read']);
  });

  test('holds for a stream that grows past it: it is folded anew each time, and pushes nothing else out', async () => {
    streams = foldedStreams(store, tallied, 2 * WEIGHT);
    await written('small', 'said');
    await streams.recent('small');
    for (const type of ['one', 'two', 'three']) await written('large', type);
    for (let times = 0; times < 2; times += 1)
      expect(await streams.recent('large')).toEqual(folded(['one', 'two', 'three'], 2));
    used.length = 0;
    await streams.recent('small');
    expect(used).toEqual([]);
  });

  test('counts what was just written on top of what it rests on', async () => {
    streams = foldedStreams(store, tallied, 2 * WEIGHT);
    let folded: Folded<Tally> | undefined;
    for (const type of ['one', 'two', 'three']) folded = streams.wrote(folded, await written('s', type));
    used.length = 0;
    await streams.recent('s');
    expect(used).toEqual(['read']);
  });

  test('grows with every character, key and place', () => {
    const values: Json[] = [{}, { a: 1 }, { a: '' }, { a: 'xyz' }, { a: ['xyz'] }, { a: ['xyz', null] }];
    expect(values.map(weightOf)).toEqual([32, 64, 64, 70, 118, 150]);
  });
});

describe('as it was', () => {
  const EVENTS = ['one', 'two', 'three'];

  test.each([0, 1, 2, 3])('with the state after %d events kept', async (kept) => {
    for (const [n, type] of EVENTS.entries()) {
      await written('s', type);
      if (n + 1 === kept) await streams.current('s');
    }
    for (const [n] of EVENTS.entries()) expect(await streams.at('s', n)).toEqual(folded(EVENTS.slice(0, n + 1), n));
  });

  test.each([-1, 3])('there is no revision %d', async (revision) => {
    for (const type of EVENTS) await written('s', type);
    expect(await streams.at('s', revision)).toBeUndefined();
    await streams.current('s');
    expect(await streams.at('s', revision)).toBeUndefined();
  });

  test('the state that is kept is that one: the log is not asked', async () => {
    for (const type of EVENTS) await written('s', type);
    await streams.current('s');
    used.length = 0;
    expect(await streams.at('s', 2)).toEqual(folded(EVENTS, 2));
    expect(used).toEqual([]);
  });
});
