import { describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import { LogUnavailable } from '../event-store.js';
import { anEvent, aStream, collect } from '../testing/events.js';

export function closing(running: () => Subject): void {
  describe('close', () => {
    test('waits for appends in flight; what comes later throws', async () => {
      const store = await running().log.open();
      const inFlight = Promise.all(Array.from({ length: 20 }, () => store.append(aStream(), 'none', anEvent())));
      await store.close();
      expect((await inFlight).every((result) => 'written' in result)).toBe(true);
      await expect(store.append(aStream(), 'none', anEvent())).rejects.toBeInstanceOf(LogUnavailable);
      await expect(store.head()).rejects.toBeInstanceOf(LogUnavailable);
      await expect(collect(store.read(aStream()))).rejects.toBeInstanceOf(LogUnavailable);
    });

    test('fails a follower that waits: its signal has not aborted, so an end would be a lie', async () => {
      const store = await running().log.open();
      const events = store.follow(await store.head(), new AbortController().signal)[Symbol.asyncIterator]();
      const next = expect(events.next()).rejects.toBeInstanceOf(LogUnavailable);
      await store.head();
      await store.close();
      await next;
    });

    test('may be called twice', async () => {
      const store = await running().log.open();
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}
