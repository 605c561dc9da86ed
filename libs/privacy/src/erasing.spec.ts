import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { decorated, type EventStore, openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import { eraseSubject, erasureIn, settleErasures } from './erasing.js';
import type { KeyStore } from './keys.js';
import { memoryKeys } from './memory-keys.js';

let keys: KeyStore;
let log: EventStore;
/** While true the log takes nothing. */
let away: boolean;
let store: EventStore;
beforeEach(async () => {
  keys = memoryKeys();
  await keys.begin({ mark: 'm', naming: randomBytes(32) });
  log = openMemoryEventStore();
  away = false;
  store = decorated(log, {
    append: (...args) => (away ? Promise.reject(new Error('away')) : log.append(...args)),
  });
});

async function someone(): Promise<string> {
  const subject = randomUUID();
  await keys.make([{ name: randomBytes(32), subject, wrapped: randomBytes(60) }], 'm');
  return subject;
}
async function whole(): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of log.readAll({ after: 'start' })) events.push(event);
  return events;
}

test('the key goes, and the log says so once, whoever erases how often', async () => {
  const subject = await someone();
  const outcomes = await Promise.all([1, 2].map((n) => eraseSubject({ keys, store }, subject, `auditor ${n}`)));
  expect(outcomes).toEqual(['erased', 'before']);
  expect(await eraseSubject({ keys, store }, subject, 'auditor 3')).toBe('before');
  const [event, ...more] = await whole();
  expect(more).toEqual([]);
  expect(event).toMatchObject({ stream: `privacy-${subject}`, type: 'SubjectErased', data: { subject } });
  expect(event && erasureIn(event)).toEqual({ subject, by: 'auditor 1', at: expect.any(String) });
});

test('who is unknown is not erased, and nothing is said of them', async () => {
  await someone();
  expect(await eraseSubject({ keys, store }, randomUUID(), 'auditor')).toBe('unknown');
  expect([await whole(), await keys.count()]).toEqual([[], 1]);
});

test('the log never says what was not done: the key goes first, and what the log lacks is said later', async () => {
  const [one, other] = [await someone(), await someone()];
  away = true;
  await expect(eraseSubject({ keys, store }, one, 'auditor')).rejects.toThrow('away');
  expect([await keys.count(), await whole()]).toEqual([1, []]);
  expect((await keys.erasures()).map(({ recorded }) => recorded)).toEqual([false]);
  away = false;
  expect(await eraseSubject({ keys, store }, other, 'auditor')).toBe('erased');
  expect((await whole()).map(({ data }) => data.subject)).toEqual([one, other]);
  expect(await settleErasures({ keys, store })).toBe(0);
});

test('a crash behind the append says nothing twice', async () => {
  const subject = await someone();
  await expect(
    eraseSubject({ keys: { ...keys, recorded: () => Promise.reject(new Error('crash')) }, store }, subject, 'auditor'),
  ).rejects.toThrow('crash');
  expect(await settleErasures({ keys, store })).toBe(1);
  expect(await whole()).toHaveLength(1);
});

test('other events are no erasures', () => {
  const event = { type: 'TicketClosed', stream: 'privacy-1', at: '', metadata: {} } as unknown as Recorded;
  expect(erasureIn(event)).toBeUndefined();
  expect(erasureIn({ ...event, type: 'SubjectErased', stream: 'ticket-1' })).toBeUndefined();
});
