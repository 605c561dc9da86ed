import { setImmediate as turn } from 'node:timers/promises';
import { ticketStream } from '@dispatch/commands';
import {
  comparePositions,
  type EventStore,
  LogUnavailable,
  openMemoryEventStore,
  type Position,
} from '@dispatch/event-store';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { expect, test } from '@jest/globals';
import { anEvent } from '../../../../libs/event-store/src/testing/events.js';
import { type FeedParts, type Listener, openFeed } from './feed.js';

const uuid = (n: number): Uuid => {
  const id = parseUuid(`6f1c1a0e-0000-4000-8000-${String(n).padStart(12, '0')}`);
  if (!id) throw new Error('no UUID');
  return id;
};
const [TICKET, OTHER, ACCOUNT, SITE] = [uuid(1), uuid(2), uuid(3), uuid(4)];
const NOON = Date.UTC(2026, 0, 31, 12);

/** A log with read models that come as far as they are told to. */
function world(parts: Partial<FeedParts> = {}) {
  const log = openMemoryEventStore();
  let reached: Position | 'start' | undefined = 'start';
  const waiting = new Set<() => void>();
  let following = 0;
  const store: Pick<EventStore, 'follow' | 'readAll' | 'head'> = {
    head: () => log.head(),
    readAll: (options) => log.readAll(options),
    async *follow(after, signal) {
      following += 1;
      try {
        yield* log.follow(after, signal);
      } finally {
        following -= 1;
      }
    },
  };
  const models: FeedParts['models'] = {
    positionOf: async () => reached,
    waitFor: (_names, position, ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms, false);
        const look = () => {
          if (comparePositions(reached ?? 'start', position) < 0) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(true);
        };
        waiting.add(look);
        look();
      }),
  };
  const feed = openFeed({ store, models, ticket: async () => undefined, clock: () => NOON, ...parts });
  return {
    feed,
    followers: () => following,
    append: async (id = TICKET): Promise<Position> => {
      const outcome = await log.append(ticketStream(id), 'any', anEvent());
      if (!('written' in outcome)) throw new Error('not written');
      return outcome.written.position;
    },
    reach: (position: Position | 'start' | undefined) => {
      reached = position;
      for (const look of [...waiting]) look();
    },
  };
}

/** Writes down what it is told. */
function listener(scoped = false) {
  const heard: string[] = [];
  const told: Listener = {
    scoped,
    changed: ({ position, place }) => heard.push(`${position}${scoped ? ` ${place?.accountId}` : ''}`),
    stale: (since) => heard.push(`stale since ${since}`),
    caughtUp: () => heard.push('caught up'),
  };
  return { ...told, heard };
}

const until = async (condition: () => boolean) => {
  while (!condition()) await turn();
};

test('an event is told when the read models have it, and they are said to be behind when they take long', async () => {
  const { feed, append, reach } = world({ patienceMs: 5 });
  const one = listener();
  const { from, stop } = await feed.listen(one);
  expect(from).toBe('start');
  await append();
  await until(() => one.heard.length > 0);
  expect(new Set(one.heard)).toEqual(new Set(['stale since 2026-01-31T12:00:00.000Z']));
  expect(feed.position()).toBe('start');
  reach('1');
  await until(() => one.heard.includes('1'));
  expect(one.heard.slice(-2)).toEqual(['caught up', '1']);
  expect(feed.position()).toBe('1');
  stop();
});

test('the log is followed once for all who listen, from where the read models are, and for nobody not at all', async () => {
  const { feed, append, reach, followers } = world();
  await append();
  reach('1');
  expect(followers()).toBe(0);
  const [one, two] = [listener(), listener()];
  const [first, second] = await Promise.all([feed.listen(one), feed.listen(two)]);
  expect([first.from, second.from]).toEqual(['1', '1']);
  reach(await append());
  await until(() => two.heard.length > 0);
  expect([one.heard, two.heard, followers()]).toEqual([['2'], ['2'], 1]);
  first.stop();
  reach(await append());
  await until(() => two.heard.length > 1);
  expect([one.heard, two.heard, followers()]).toEqual([['2'], ['2', '3'], 1]);
  second.stop();
  await until(() => followers() === 0);
  reach(await append());
  const third = await feed.listen(listener());
  expect(third.from).toBe('4');
  third.stop();
});

test('without a table there is nothing to tell of, and the next one to listen finds it', async () => {
  const { feed, reach } = world();
  reach(undefined);
  await expect(feed.listen(listener())).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
  reach('start');
  (await feed.listen(listener())).stop();
});

test('a place is looked up once, for scoped listeners only, also while the log is away', async () => {
  const asked: Uuid[] = [];
  const { feed, append, reach } = world({
    ticket: async (id) => {
      asked.push(id);
      if (asked.length === 1) throw new LogUnavailable('away');
      if (id === OTHER) throw new Error('its stream cannot be folded');
      return { accountId: ACCOUNT, siteId: SITE };
    },
  });
  const all = listener();
  const unscoped = await feed.listen(all);
  reach(await append());
  await until(() => all.heard.length === 1);
  expect(asked).toEqual([]);
  const some = listener(true);
  const scoped = await feed.listen(some);
  for (const id of [TICKET, TICKET, OTHER]) reach(await append(id));
  await until(() => some.heard.length === 3);
  expect(some.heard).toEqual([`2 ${ACCOUNT}`, `3 ${ACCOUNT}`, '4 undefined']);
  expect(asked).toEqual([TICKET, TICKET, OTHER]);
  unscoped.stop();
  scoped.stop();
});

test('what was missed is told up to a limit; an id that the log has not come to is of another', async () => {
  const { feed, append } = world({ mostMissed: 3 });
  for (let n = 0; n < 5; n += 1) await append();
  const missed = async (after: Position | 'start', upTo: Position) =>
    (await feed.missed(after, upTo, { scoped: false }, new AbortController().signal))?.map(({ position }) => position);
  expect(await missed('2', '4')).toEqual(['3', '4']);
  expect(await missed('2', '5')).toEqual(['3', '4', '5']);
  expect(await missed('1', '5')).toBeUndefined();
  expect(await missed('start', '3')).toEqual(['1', '2', '3']);
  expect(await missed('4', '4')).toEqual([]);
  // Heard from a process that was ahead.
  expect(await missed('5', '4')).toEqual([]);
  expect(await missed('6', '4')).toBeUndefined();
});
