import { describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import type { JsonObject } from '../event-store.js';
import { canonicalJson } from '../hash.js';
import { anEvent, anEventOf, aStream, collect } from '../testing/events.js';

const TRICKY: readonly JsonObject[] = [
  { text: 'grüße, 日本語, עברית, 🧯👩🏽‍🔧, \u2028\u2029\ufeff' },
  { text: 'quote " backslash \\ slash / newline \n tab \t bell \u0007 literal \\u0000 \\ud800' },
  { '': 'empty key', __proto: 1, 'ключ 🔑': { '{}': [], ',': {} } },
  { numbers: [0, -1.5, 1e21, 1e-7, 5e-324, Number.MAX_SAFE_INTEGER, 0.1] },
  { '10': 'b', '9': 'a', null: null, true: [true, false, null, '', {}, []] },
];

export function reading(running: () => Subject): void {
  describe('read', () => {
    test('a stream that does not exist is empty', async () => {
      expect(await collect(running().store.read(aStream()))).toEqual([]);
    });

    test('starts at the revision asked for', async () => {
      const stream = aStream();
      for (let n = 0; n < 4; n += 1) await running().store.append(stream, 'any', anEvent());
      const revisions = async (from: number) =>
        (await collect(running().store.read(stream, { from }))).map(({ revision }) => revision);
      expect(await revisions(2)).toEqual([2, 3]);
      expect(await revisions(4)).toEqual([]);
    });

    test('an aborted read throws, so that a part is never taken for the whole', async () => {
      const stream = aStream();
      for (let n = 0; n < 3; n += 1) await running().store.append(stream, 'any', anEvent());
      const abort = new AbortController();
      const readSome = async () => {
        for await (const _ of running().store.read(stream, { signal: abort.signal })) abort.abort();
      };
      await expect(readSome()).rejects.toMatchObject({ name: 'AbortError' });
    });

    test.each(TRICKY)('text comes back byte for byte: %j', async (data) => {
      const stream = `${aStream()} ☎ "quoted" \\ {braces}, 🧯`;
      const event = anEvent({ data, metadata: data, type: 'Geprüft, "так" 🧯' });
      await running().store.append(stream, 'none', event);
      const [found] = await collect(running().store.read(stream));
      expect(found).toMatchObject({ ...event, stream });
      expect(canonicalJson(found?.data ?? null)).toBe(canonicalJson(data));
    });

    test.each([
      '2026-01-31T08:00:00.000Z',
      '2026-12-31T23:59:59.999Z',
      '1969-12-31T23:59:59.001Z',
      '2024-02-29T00:00:00.120Z',
    ])('the instant %s comes back to the millisecond', async (at) => {
      const event = anEvent({ at });
      await running().store.append(aStream(), 'none', event);
      expect(await running().store.find(event.id)).toMatchObject({ at });
    });

    test('events of 1 MB come back whole and in order', async () => {
      const stream = aStream();
      const texts = Array.from({ length: 12 }, (_, n) => `${n}${'🧯é"x'.repeat(100_000)}`);
      await Promise.all(texts.map((text) => running().store.append(stream, 'any', anEventOf({ text }))));
      const read = (await collect(running().store.read(stream))).map(({ data }) => data['text']);
      expect(read.length).toBe(texts.length);
      expect(read.every((text, n) => text === texts[n])).toBe(true);
    });

    test('a long stream is read whole and in order', async () => {
      const long = aStream();
      const { store, log } = running();
      const { longStream = 10_000 } = log;
      for (let n = 0; n < longStream; ) {
        const batch = Array.from({ length: 500 }, () => anEventOf({ n: n++ }));
        await Promise.all(batch.map((event) => store.append(long, 'any', event)));
      }
      const events = await collect(store.read(long));
      expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: longStream }, (_, n) => n));
      expect(events.every(({ data, revision }) => data['n'] === revision)).toBe(true);
    }, 120_000);
  });

  describe('find', () => {
    test('knows an event by its id, and no other', async () => {
      const stream = aStream();
      const event = anEvent();
      await running().store.append(stream, 'none', event);
      expect(await running().store.find(event.id)).toMatchObject({ ...event, stream, revision: 0 });
      expect(await running().store.find(anEvent().id)).toBeUndefined();
    });
  });

  describe('links', () => {
    test('are those of the events after a position, in log order', async () => {
      const { store } = running();
      const stream = aStream();
      for (let n = 0; n < 3; n += 1) await store.append(n < 2 ? stream : aStream(), 'any', anEvent());
      for (const after of ['start', (await collect(store.read(stream))).at(0)?.position ?? 'start']) {
        const links = (await collect(store.links({ after }))).flat();
        const expected = (await collect(store.readAll({ after }))).map(({ position, stream, revision, hash }) => ({
          position,
          stream,
          revision,
          hash,
        }));
        expect(links).toEqual(expected);
      }
      expect(await collect(store.links({ after: await store.head() }))).toEqual([]);
    });
  });

  describe('readAll', () => {
    test('yields the events after a position in log order and ends at the head', async () => {
      const { store } = running();
      const after = await store.head();
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        const event = anEvent();
        ids.push(event.id);
        await store.append(aStream(), 'none', event);
      }
      const events = await collect(store.readAll({ after }));
      expect(events.map(({ id }) => id)).toEqual(ids);
      expect(await collect(store.readAll({ after: events[2]?.position ?? 'start' }))).toEqual(events.slice(3));
      expect(await collect(store.readAll({ after: await store.head() }))).toEqual([]);
    });
  });
}
