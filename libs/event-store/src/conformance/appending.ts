import { describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import { comparePositions, type Expected, type NewEvent, type Recorded } from '../event-store.js';
import { GENESIS } from '../hash.js';
import { anEvent, anEventOf, aStream, collect, recomputedChain } from '../testing/events.js';

export function appending(running: () => Subject): void {
  /** Writes the event or fails the test. */
  async function write(stream: string, expected: Expected, event: NewEvent): Promise<Recorded> {
    const result = await running().store.append(stream, expected, event);
    if (!('written' in result)) throw new Error(`not written: ${JSON.stringify(result)}`);
    return result.written;
  }
  const streamOf = (stream: string) => collect(running().store.read(stream));

  describe('append', () => {
    test('a first event has revision 0 and the genesis hash before it, and is read back as it was answered', async () => {
      const stream = aStream();
      const event = anEvent();
      const written = await write(stream, 'none', event);
      expect(written).toMatchObject({ ...event, stream, revision: 0, prevHash: GENESIS });
      expect(await streamOf(stream)).toEqual([written]);
    });

    test('an event is answered as it is read back, down to the order of its keys', async () => {
      const stream = aStream();
      const written = await write(stream, 'none', anEvent({ data: { b: 1, a: { d: [{ f: 1, e: 2 }], c: null } } }));
      expect(JSON.stringify(await streamOf(stream))).toBe(JSON.stringify([written]));
      expect(JSON.stringify(await running().store.find(written.id))).toBe(JSON.stringify(written));
    });

    test('the exact tail is met and moved', async () => {
      const stream = aStream();
      await write(stream, 'none', anEvent());
      expect(await write(stream, 0, anEvent())).toMatchObject({ revision: 1 });
      expect(await write(stream, 1, anEvent())).toMatchObject({ revision: 2 });
    });

    test("'any' appends to a new stream and to one that exists", async () => {
      const stream = aStream();
      expect(await write(stream, 'any', anEvent())).toMatchObject({ revision: 0 });
      expect(await write(stream, 'any', anEvent())).toMatchObject({ revision: 1 });
    });

    test.each<[Expected, string]>([
      ['none', 'no stream'],
      [0, 'a tail already passed'],
      [2, 'a tail not yet reached'],
    ])('expected %p (%s) conflicts at revision 1 and writes nothing', async (expected) => {
      const stream = aStream();
      const before = [await write(stream, 'none', anEvent()), await write(stream, 0, anEvent())];
      const refused = anEvent();
      expect(await running().store.append(stream, expected, refused)).toEqual({ conflict: 1 });
      expect(await streamOf(stream)).toEqual(before);
      expect(await running().store.find(refused.id)).toBeUndefined();
    });

    test('an id that a conflict refused is free: for another try in its stream, or for another stream', async () => {
      const [stream, other] = [aStream(), aStream()];
      await write(stream, 'none', anEvent());
      for (const [place, expected] of [[stream, 0] as const, [other, 'none'] as const]) {
        const event = anEvent();
        for (const passed of ['none', 7] as const)
          expect(await running().store.append(stream, passed, event)).toHaveProperty('conflict');
        const written = await write(place, expected, event);
        expect(await running().store.find(event.id)).toEqual(written);
        expect(await running().store.append(stream, 'any', event)).toEqual({ duplicate: written });
      }
    });

    test("an exact tail of a stream that does not exist conflicts with 'none'", async () => {
      expect(await running().store.append(aStream(), 0, anEvent())).toEqual({ conflict: 'none' });
    });

    test.each<Expected>(['any', 'none', 0, 7])(
      'an id already in the stream is a duplicate, expecting %p',
      async (expected) => {
        const stream = aStream();
        const first = await write(stream, 'none', anEvent());
        expect(
          await running().store.append(stream, expected, anEvent({ id: first.id, data: { other: true } })),
        ).toEqual({
          duplicate: first,
        });
        expect(await streamOf(stream)).toEqual([first]);
      },
    );

    test.each<Expected>(['any', 'none', 3])(
      'an id of another stream is a duplicate, expecting %p',
      async (expected) => {
        const first = await write(aStream(), 'none', anEvent());
        const stream = aStream();
        expect(await running().store.append(stream, expected, anEvent({ id: first.id }))).toEqual({ duplicate: first });
        expect(await streamOf(stream)).toEqual([]);
      },
    );

    test('of many at once with one expected revision exactly one is written', async () => {
      const stream = aStream();
      const results = await Promise.all(
        Array.from({ length: 40 }, () => running().store.append(stream, 'none', anEvent())),
      );
      expect(results.filter((result) => 'written' in result)).toHaveLength(1);
      expect(results.filter((result) => 'conflict' in result && result.conflict === 0)).toHaveLength(39);
      expect(await streamOf(stream)).toHaveLength(1);
    });

    test('of many at once with one id, in several streams, exactly one is written and all name it', async () => {
      const event = anEvent();
      const results = await Promise.all(
        Array.from({ length: 40 }, () => running().store.append(aStream(), 'any', event)),
      );
      const written = results.flatMap((result) => ('written' in result ? [result.written] : []));
      expect(written).toHaveLength(1);
      expect(results.flatMap((result) => ('duplicate' in result ? [result.duplicate] : []))).toEqual(
        Array.from({ length: 39 }, () => written[0]),
      );
    });

    test('duplicates and conflicts leave the appends beside them alone', async () => {
      const taken = await write(aStream(), 'none', anEvent());
      const results = await Promise.all(
        Array.from({ length: 60 }, (_, n) => {
          if (n % 3 === 0) return running().store.append(aStream(), 'none', anEvent({ id: taken.id }));
          return running().store.append(aStream(), n % 3 === 1 ? 5 : 'none', anEvent());
        }),
      );
      const kinds = results.map((result) => Object.keys(result)[0]);
      expect(kinds).toEqual(Array.from({ length: 60 }, (_, n) => ['duplicate', 'conflict', 'written'][n % 3]));
    });

    test('appends to one stream that are not waited for keep their order', async () => {
      const stream = aStream();
      await Promise.all(Array.from({ length: 50 }, (_, n) => write(stream, 'any', anEventOf({ n }))));
      expect((await streamOf(stream)).map(({ data }) => data['n'])).toEqual(Array.from({ length: 50 }, (_, n) => n));
    });

    test.each<[string, Partial<NewEvent>]>([
      ['id', { id: 'not-a-uuid' }],
      ['id', { id: 'A0000000-0000-4000-8000-000000000000' }],
      ['type', { type: '' }],
      ['type', { type: 'x'.repeat(256) }],
      ['schemaVersion', { schemaVersion: 0 }],
      ['at', { at: '2026-01-31T08:00:00Z' }],
      ['at', { at: '2026-02-30T08:00:00.000Z' }],
      ['data', { data: { text: 'a\0b' } }],
      ['metadata', { metadata: { '\ud800': 1 } }],
    ])('a bad %s (%j) is refused by its name and its neighbours are written', async (field, bad) => {
      const { store } = running();
      const [before, refused, behind] = await Promise.allSettled([
        store.append(aStream(), 'none', anEvent()),
        store.append(aStream(), 'none', anEvent(bad)),
        store.append(aStream(), 'none', anEvent()),
      ]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(` ${field}:`) } });
      expect([before, behind]).toMatchObject([{ value: { written: {} } }, { value: { written: {} } }]);
    });

    test('hashes form a chain that can be recomputed from what the events say', async () => {
      const stream = aStream();
      for (let n = 0; n < 5; n += 1) await write(stream, 'any', anEventOf({ n, nested: { z: [1.5, null], a: 'ü' } }));
      const events = await streamOf(stream);
      expect(events.map(({ prevHash, hash }) => ({ prevHash, hash }))).toEqual(recomputedChain(events));
    });

    test('later positions are greater', async () => {
      const first = await write(aStream(), 'none', anEvent());
      const second = await write(aStream(), 'none', anEvent());
      expect(comparePositions(first.position, second.position)).toBeLessThan(0);
      expect(comparePositions('start', first.position)).toBeLessThan(0);
      expect(comparePositions(await running().store.head(), second.position)).toBe(0);
    });
  });
}
