import { expect, test } from '@jest/globals';
import { type EventStore, openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import { collect } from '../../../../libs/event-store/src/testing/events.js';
import { checked, demandEqual } from './log-check.js';

async function history(): Promise<Recorded[]> {
  const store: EventStore = openMemoryEventStore();
  for (let n = 0; n < 6; n += 1) {
    const id = `00000000-0000-4000-8000-00000000000${n}`;
    const event = { id, type: 'Noted', schemaVersion: 1, data: { n }, metadata: {}, at: '2026-01-31T08:00:00.000Z' };
    await store.append(`note-${n % 2}`, 'any', event);
  }
  return collect(store.readAll({ after: 'start' }));
}

async function tallied(events: readonly unknown[]) {
  const log = checked(
    (async function* () {
      yield* events;
    })(),
    'here',
  );
  for await (const _ of log.events);
  return log.tally();
}

test('a log comes to the same each time, and to something else in another order', async () => {
  const events = await history();
  const tally = await tallied(events);
  expect(tally).toMatchObject({ events: 6, head: '6', lastEventAt: '2026-01-31T08:00:00.000Z' });
  expect(await tallied(events)).toEqual(tally);
  const [first, second, ...rest] = events;
  const swapped = [{ ...second, position: '1' }, { ...first, position: '2' }, ...rest];
  const other = await tallied(swapped);
  expect(() => demandEqual(other, tally, 'there')).toThrow(/^there: digest is .{64}, the manifest says .{64}$/);
});

const third = (change: object) => (events: readonly Recorded[]) =>
  events.map((event, index) => (index === 2 ? { ...event, ...change } : event));

test.each<[string, (events: readonly Recorded[]) => readonly unknown[], string]>([
  ['data', third({ data: { n: 20 } }), 'position 3: note-0 revision 1 is not what its hash says'],
  ['time', third({ at: '2026-01-31T08:00:00.001Z' }), 'position 3: note-0 revision 1 is not what its hash says'],
  ['stream', third({ stream: 'note-9' }), 'position 3: note-9 revision 1 is not what its hash says'],
  ['hash before', third({ prevHash: 'ab'.repeat(32) }), 'position 3: note-0 revision 1 is not what its hash says'],
  ['shape', third({ data: 'text' }), 'position 3: is no event'],
  ['an event left out', (events) => events.toSpliced(2, 1), 'position 3: is missing, the next event is at position 4'],
  [
    'an event twice',
    (events) => events.flatMap((event, index) => (index === 1 ? [event, event] : [event])),
    'position 3: is missing, the next event is at position 2',
  ],
])('%s: the exact place is named', async (_, forged, place) => {
  await expect(tallied(forged(await history()))).rejects.toThrow(`here: ${place}`);
});
