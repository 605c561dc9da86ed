import { decorated, openMemoryEventStore, type Position } from '@dispatch/event-store';
import { expect, test } from '@jest/globals';
import { rememberingWrites } from './last-written.js';

const event = (n: number) => ({
  id: `6f1c1a0e-0000-4000-8000-00000000000${n}`,
  type: 'Noted',
  schemaVersion: 1,
  data: {},
  metadata: {},
  at: '2026-03-01T08:00:00.000Z',
});

test('the greatest position of what was written, and of what a repeated command found written', async () => {
  const log = openMemoryEventStore();
  const { store, last } = rememberingWrites(log);
  expect(last()).toBe('start');

  await log.append('a', 'none', event(1));
  await log.append('a', 0, event(2));
  expect(last()).toBe('start');

  expect(await store.append('a', 0, event(3))).toEqual({ conflict: 1 });
  await store.find(event(3).id);
  expect(last()).toBe('start');

  await store.find(event(1).id);
  expect(last()).toBe('1');
  await store.append('a', 'any', event(2));
  expect(last()).toBe('2');
  await store.append('a', 1, event(3));
  expect(last()).toBe('3');
  await store.find(event(1).id);
  expect(last()).toBe('3');
});

test('positions are compared as numbers, whatever the order in which their appends are answered', async () => {
  const answers = ['9', '10', '11', '2'] satisfies Position[];
  const log = openMemoryEventStore();
  const written = await log.append('a', 'none', event(1));
  if (!('written' in written)) throw new Error('not written');
  const instead = decorated(log, {
    append: async () => ({ written: { ...written.written, position: answers.shift() ?? '' } }),
  });
  const { store, last } = rememberingWrites(instead);
  const seen: unknown[] = [];
  for (let n = 0; n < 4; n += 1) {
    await store.append('a', 'any', event(1));
    seen.push(last());
  }
  expect(seen).toEqual(['9', '10', '11', '11']);
});
