import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { type NewEvent, openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import { type AnyLog, placeOfLog, urlOf } from './address.js';
import { copyLog, type CopyProgress } from './copy.js';

const anEvent = (n: number): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data: { n },
  metadata: { actor: 'someone' },
  at: '2026-01-31T08:00:00.500Z',
});

async function eventsOf(log: Pick<AnyLog, 'readAll'>): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of log.readAll({ after: 'start' })) events.push(event);
  return events;
}

let source: AnyLog;
let target: AnyLog;
let progress: CopyProgress[];

beforeEach(async () => {
  [source, target, progress] = [openMemoryEventStore(), openMemoryEventStore(), []];
  for (let n = 0; n < 12; n += 1) await source.append(`ticket-${n % 5}`, 'any', anEvent(n));
});

const copied = (parts: Partial<Parameters<typeof copyLog>[0]> = {}) =>
  copyLog({
    source,
    target,
    signal: new AbortController().signal,
    onProgress: (one) => progress.push(one),
    ...parts,
  });
/** A log as it is, but for some of its events. */
const changed = (log: AnyLog, change: (event: Recorded) => Recorded): Pick<AnyLog, 'readAll' | 'head' | 'restore'> => ({
  head: () => log.head(),
  restore: (events) => log.restore(events),
  async *readAll(options) {
    for await (const event of log.readAll(options)) yield change(event);
  },
});
const forged = (event: Recorded): Recorded =>
  event.stream === 'ticket-3' && event.revision === 1 ? { ...event, data: { n: -1 } } : event;

test('a log is copied whole, and a later run takes what was written since', async () => {
  expect(await copied()).toEqual({ before: 0, now: 12, streams: 5, upTo: '12', head: '12' });
  expect(await eventsOf(target)).toEqual(await eventsOf(source));
  expect(progress.map(({ step }) => step)).toEqual(['copying', ...Array(12).fill('comparing what was copied')]);
  expect(progress.at(-1)).toEqual({ step: 'comparing what was copied', events: 12, share: 1 });

  await source.append('ticket-9', 'none', anEvent(12));
  expect(await copied()).toEqual({ before: 12, now: 1, streams: 6, upTo: '13', head: '13' });
  expect(await copied()).toEqual({ before: 13, now: 0, streams: 6, upTo: '13', head: '13' });
  expect(await eventsOf(target)).toEqual(await eventsOf(source));
});

test('what is written to the source meanwhile is left to a later run, and said', async () => {
  let more = 0;
  const onProgress = () => void source.append('ticket-9', 'any', anEvent((more += 1)));
  expect(await copied({ onProgress })).toMatchObject({ now: 12, upTo: '12', head: String(12 + more) });
});

test('an empty log is copied by doing nothing', async () => {
  expect(await copied({ source: openMemoryEventStore() })).toMatchObject({ before: 0, now: 0, upTo: 'start' });
});

test('a target that holds anything else is refused at its first place, and nothing is written', async () => {
  await target.restore((await eventsOf(source)).slice(0, 3));
  await target.append('stranger', 'none', anEvent(0));
  await expect(copied()).rejects.toThrow(
    'the target holds stranger at revision 0 where the source has ticket-3 at revision 0',
  );
  expect(await eventsOf(target)).toHaveLength(4);
});

test('a target that has gone on is refused', async () => {
  await copied();
  await target.append('ticket-0', 'any', anEvent(0));
  await expect(copied()).rejects.toThrow('the target holds ticket-0 at revision 3, and the source ends before it');
});

test('another event at the same place is a difference, with what differs', async () => {
  await target.append('ticket-0', 'none', anEvent(0));
  await expect(copied()).rejects.toThrow('ticket-0 at revision 0 differs in id, hash');
});

test('a changed byte is found on either side, before and after', async () => {
  await expect(copied({ source: changed(source, forged) })).rejects.toThrow(
    'the target does not take ticket-3 at revision 1: its hash is not that of what it says and of the hash before it',
  );
  expect(await eventsOf(target)).toHaveLength(8);
  await expect(copied({ target: changed(target, forged) })).rejects.toThrow(
    'ticket-3 at revision 1 is not what its hash says in the target: it was changed there',
  );
  await copied();
  await expect(copied({ source: changed(source, forged) })).rejects.toThrow('in the source');
});

test('what the target loses again is missed', async () => {
  const losing = { ...changed(target, (event) => event), restore: async () => ({ written: 12 }) };
  await expect(copied({ target: losing })).rejects.toThrow('the target ends 12 events before what was copied to it');
});

test('it stops when it is told to, and goes on behind what it has written', async () => {
  const stopping = new AbortController();
  const onProgress = () => stopping.abort(new Error('enough'));
  await expect(copied({ signal: stopping.signal, onProgress })).rejects.toThrow('enough');
  expect(await copied()).toMatchObject({ before: 12, now: 0 });
});

test('a URL is taken from a variable, and never repeated: not where it is shown, nor where it is refused', () => {
  const env = { TO: 'kurrentdb+discover://ann:secret@a:1,b:2?tls=true' };
  const url = urlOf('env:TO', '--to', env);
  expect(url).toBe(env.TO);
  expect(placeOfLog(url)).toBe('kurrentdb+discover://a:1,b:2');
  expect(placeOfLog('postgresql://ann:sec%2Fret@db:5432/dispatch?sslmode=require')).toBe(
    'postgresql://db:5432/dispatch',
  );
  expect(placeOfLog('postgresql://ann:secret@localhost/dispatch?host=/run/postgres')).toBe(
    'postgresql:///run/postgres/dispatch',
  );
  for (const bad of ['mysql://ann:secret@db/x', 'secret', 'esdb://ann:secret@db:1?secret=1', 'env:secret'])
    expect(() => urlOf(bad, '--to', env)).toThrow(/^--to (?!.*secret)/);
});
