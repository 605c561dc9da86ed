import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import type { Actor } from '@dispatch/access';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { expect, test } from '@jest/globals';
import type { Change, Feed, Listener } from './feed.js';
import { frame } from './frames.js';
import { openStreams, type StreamsParts } from './stream.js';

const uuid = (n: number): Uuid => {
  const id = parseUuid(`6f1c1a0e-0000-4000-8000-${String(n).padStart(12, '0')}`);
  if (!id) throw new Error('no UUID');
  return id;
};
const [TICKET, ACCOUNT, SITE] = [uuid(1), uuid(2), uuid(3)];
const dispatcher: Actor = {
  id: 'd',
  role: 'dispatcher',
  type: 'HUMAN',
  accounts: '*',
  sites: '*',
  technicianId: undefined,
};
const change = (position: string, place?: Change['place']): Change => ({
  position,
  ticketId: TICKET,
  place,
  frame: frame('ticket', {}, position),
});

/** A feed that tells what it is given. */
function scripted(parts: Partial<Feed> = {}) {
  const listeners = new Set<Listener>();
  let position = '10';
  const feed: Feed = {
    position: () => position,
    async listen(listener) {
      listeners.add(listener);
      return { from: position, stop: () => void listeners.delete(listener) };
    },
    missed: async () => [],
    ...parts,
  };
  return {
    feed,
    listeners,
    tell: (...changes: readonly Change[]) => {
      for (const one of changes) {
        position = one.position;
        for (const { changed } of listeners) changed(one);
      }
    },
  };
}
const streamsOf = (feed: Feed, parts: Partial<StreamsParts> = {}) =>
  openStreams({ feed, clock: () => Date.UTC(2026, 0, 31), gatherMs: 1, ...parts });

/** Events with their ids, until the stream has as many. */
async function events(stream: Readable, count: number): Promise<string[]> {
  let read = '';
  const list = () => [...read.matchAll(/(?:id: (\d+)\n)?event: (\w+)\n/g)].map(([, id, event]) => `${event} ${id}`);
  stream.on('data', (chunk) => {
    read += String(chunk);
  });
  while (list().length < count) await turn();
  return list();
}

test('what happens while the missed are read comes after them, and no id is sent before what it stands for', async () => {
  const world = scripted({
    async missed() {
      world.tell(change('11'), change('12'));
      return [change('8'), change('10')];
    },
  });
  const stream = await streamsOf(world.feed).open(dispatcher, '7', undefined);
  world.tell(change('13'));
  expect(await events(stream, 6)).toEqual([
    'ticket 8',
    'ticket 10',
    'ticket 11',
    'ticket 12',
    'position 12',
    'ticket 13',
  ]);
  stream.destroy();
});

test('whoever heard more from another process is told nothing twice', async () => {
  const { feed, tell } = scripted();
  const stream = await streamsOf(feed).open(dispatcher, '12', undefined);
  tell(change('11'), change('12'), change('13'));
  expect(await events(stream, 2)).toEqual(['position 12', 'ticket 13']);
  stream.destroy();
});

test('where the missed cannot be told the page loads anew, and goes on from there', async () => {
  for (const missed of [async () => undefined, () => Promise.reject(new Error('away'))]) {
    const { feed, tell } = scripted({ missed });
    const stream = await streamsOf(feed).open(dispatcher, '99', undefined);
    tell(change('11'));
    expect(await events(stream, 3)).toEqual(['reset undefined', 'position 10', 'ticket 11']);
    stream.destroy();
  }
});

test('a scoped actor is told of what is known to be inside', async () => {
  const { feed, tell } = scripted();
  const stream = await streamsOf(feed).open({ ...dispatcher, accounts: new Set([ACCOUNT]) }, undefined, undefined);
  tell(
    change('11', { accountId: ACCOUNT, siteId: SITE }),
    change('12', { accountId: SITE, siteId: SITE }),
    change('13'),
    change('14', { accountId: ACCOUNT, siteId: SITE }),
  );
  expect(await events(stream, 3)).toEqual(['position 10', 'ticket 11', 'ticket 14']);
  stream.destroy();
});

test('a client that reads no more is cut off, and others go on', async () => {
  const { feed, tell, listeners } = scripted();
  const streams = streamsOf(feed, { mostWaiting: 2_000 });
  const [silent, reading] = [
    await streams.open(dispatcher, undefined, undefined),
    await streams.open(dispatcher, undefined, undefined),
  ];
  const heard = await events(reading, 1);
  for (let n = 11; n <= 210; n += 10) {
    tell(...Array.from({ length: 10 }, (_, more) => change(String(n + more))));
    heard.push(...(await events(reading, 10)));
  }
  expect([silent.destroyed, reading.destroyed]).toEqual([true, false]);
  expect(heard).toHaveLength(201);
  expect(heard.at(-1)).toBe('ticket 210');
  expect([streams.count(), listeners.size]).toEqual([1, 1]);
  reading.destroy();
});

test('it ends with its time; all end on a stop, and no other begins', async () => {
  const { feed, listeners } = scripted();
  const streams = streamsOf(feed);
  const now = Date.UTC(2026, 0, 31);
  expect(await text(await streams.open(dispatcher, undefined, now + 20))).toContain('event: position');
  const two = [
    await streams.open(dispatcher, undefined, now + 3_600_000),
    await streams.open(dispatcher, undefined, undefined),
  ];
  streams.close();
  await Promise.all(two.map((stream) => text(stream)));
  while (streams.count() > 0) await turn();
  expect(listeners.size).toBe(0);
  await expect(streams.open(dispatcher, undefined, undefined)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

test('there are bounds for one and for all; a stream that could not begin does not count', async () => {
  let fails = true;
  const { feed } = scripted();
  const streams = streamsOf(
    { ...feed, listen: (one) => (fails ? Promise.reject(new Error('away')) : feed.listen(one)) },
    { most: 3, mostOfOne: 2 },
  );
  const open = (id: string) => streams.open({ ...dispatcher, id }, undefined, undefined);
  await expect(open('a')).rejects.toThrow('away');
  while (streams.count() > 0) await turn();
  fails = false;
  const all = [await open('a'), await open('a')];
  await expect(open('a')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  all.push(await open('b'));
  await expect(open('c')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  for (const one of all) one.destroy();
});
