import { expect, test } from '@jest/globals';
import { decorated, LogUnavailable, openMemoryEventStore } from '@dispatch/event-store';
import { watchedAppends } from './append-watch.js';

const event = () => ({
  id: crypto.randomUUID(),
  type: 'Noted',
  schemaVersion: 1,
  data: {},
  metadata: {},
  at: '2026-03-01T08:00:00.000Z',
});

test('a log that takes no events is at fault until it takes one, or for ten seconds', async () => {
  const memory = openMemoryEventStore();
  let [time, full] = [0, true];
  const disk = decorated(memory, {
    append: (...args) => (full ? Promise.reject(new LogUnavailable('No space left')) : memory.append(...args)),
  });
  const { store, fault } = watchedAppends(disk, () => time);
  const write = () => store.append('notes', 'any', event());
  expect(fault()).toBeUndefined();

  await expect(write()).rejects.toThrow('No space left');
  expect(fault()).toBe('No space left');
  time = 9_999;
  expect(fault()).toBe('No space left');
  time = 10_000;
  expect(fault()).toBeUndefined();

  await expect(write()).rejects.toThrow('No space left');
  full = false;
  await write();
  expect(fault()).toBeUndefined();
});
