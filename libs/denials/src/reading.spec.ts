import { beforeEach, expect, test } from '@jest/globals';
import { type EventStore, openMemoryEventStore } from '@dispatch/event-store';
import { type Attempt, denied, securityStreamOf } from './attempt.js';
import { type Entry, type EntryPlace, type EntryQuery, readEntries } from './reading.js';
import { attempt, strange } from './testing/attempts.js';

let log: EventStore;
let written: number;
beforeEach(() => {
  log = openMemoryEventStore();
  written = 0;
});

const DAYS = { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' };
const on = (day: number, parts: Partial<Attempt> = {}): Attempt =>
  attempt({ at: `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`, ...parts });

async function write(...attempts: Attempt[]): Promise<void> {
  written += 1;
  const id = `00000000-0000-4000-8000-${String(written).padStart(12, '0')}`;
  await log.append(securityStreamOf(attempts[0]?.at ?? ''), 'any', denied(id, attempts));
}

/** All pages, with something done between them. */
async function walk(query: Partial<EntryQuery>, between: () => Promise<void> = async () => undefined) {
  const found: Entry[] = [];
  const pages: number[] = [];
  let place: EntryPlace | undefined;
  do {
    const { entries, next } = await readEntries(log, { ...DAYS, limit: 2, ...query, place });
    found.push(...entries);
    pages.push(entries.length);
    place = next;
    await between();
  } while (place);
  return { found, pages };
}

const numbers = (found: readonly Entry[]) => found.map((entry) => entry.kind === 'denied' && entry.field);

test('pages of any size neither skip nor repeat, within an event and over days, while more is written', async () => {
  const numbered = (day: number, ...all: number[]) => write(...all.map((n) => on(day, { field: `n${n}` })));
  for (const limit of [1, 2, 3, 4, 100]) {
    log = openMemoryEventStore();
    await numbered(2, 1, 2, 3);
    await numbered(2, 4);
    await numbered(5, 5, 6, 7, 8, 9);
    let more = 10;
    const later = async () => {
      if (more < 13) await numbered(20, more++);
    };
    const { found, pages } = await walk({ limit }, later);
    const due = Array.from({ length: found.length }, (_, n) => `n${n + 1}`);
    expect([numbers(found), found.length >= 9, Math.max(...pages) <= limit]).toEqual([due, true, true]);
  }
});

test('by actor, code and time; the time is that of the attempt', async () => {
  await write(
    on(3),
    on(3, { actor: { id: 'bob', role: null, type: null } }),
    strange('192.0.2.0/24', { at: on(3).at }),
  );
  await write(on(4));
  const count = async (query: Partial<EntryQuery>) => (await walk(query)).found.length;
  expect(await count({})).toBe(4);
  expect(await count({ actorId: 'bob' })).toBe(1);
  expect(await count({ code: 'AUTH_REQUIRED' })).toBe(1);
  expect(await count({ code: 'AUTH_REQUIRED', actorId: 'bob' })).toBe(0);
  expect(await count({ from: on(3).at, to: on(4).at })).toBe(3);
  expect(await count({ from: '2026-11-03T10:00:00.001Z' })).toBe(1);
});

test('one call reads so much and no more, and says where to go on', async () => {
  for (let n = 0; n < 2_010; n += 1) await write(on(3));
  await write(on(4, { code: 'FORBIDDEN_SCOPE', dimension: 'scope' }));
  expect(await walk({ code: 'FORBIDDEN_SCOPE' })).toMatchObject({
    pages: [0, 1],
    found: [{ code: 'FORBIDDEN_SCOPE' }],
  });
  expect((await walk({ from: '2026-01-01T00:00:00.000Z', code: 'FORBIDDEN_SCOPE' })).pages).toEqual([0, 0, 0, 0, 1]);
});
