import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EventStore, openMemoryEventStore } from '@dispatch/event-store';
import { OtherLog, refuseOtherLog } from './own-log.js';
import { readModel } from './read-model.js';
import { startProjections } from './start.js';
import { added, counters, opened, say } from './testing/counters.js';
import { createWorld, type World } from './testing/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.release());

const stranger = {
  id: randomUUID(),
  type: 'Noted',
  schemaVersion: 1,
  data: {},
  metadata: {},
  at: '2026-01-31T08:00:00.000Z',
};

/** The log again, behind so many events of others. */
async function copied(before: number): Promise<EventStore> {
  const copy = openMemoryEventStore();
  for (let n = 0; n < before; n += 1) await copy.append('notes', 'any', { ...stranger, id: randomUUID() });
  for await (const event of world.store.readAll({ after: 'start' })) await copy.restore([event]);
  return copy;
}
const refused = (store: EventStore) => refuseOtherLog({ url: world.url, store });

test('read models are used with the log that they were made from, or one with its positions, and with no other', async () => {
  await expect(refused(openMemoryEventStore())).resolves.toBeUndefined();
  const built = await say(world.store, 'a', opened(), added(2));
  const running = startProjections({ ...world, models: [readModel(counters({}))] });
  // First what the first build has reached, then what was folded in live.
  for (const next of [async () => built, () => say(world.store, 'b', opened(), added(5))]) {
    const position = await next();
    expect(await world.models.waitFor(['counters'], position, 60_000)).toBe(true);
    expect(await world.query('select last_event_position as position from dispatch_read.projections')).toEqual([
      { position },
    ]);
    await expect(refused(world.store)).resolves.toBeUndefined();
    await expect(refused(await copied(0))).resolves.toBeUndefined();
    await expect(refused(await copied(1))).rejects.toThrow(
      /^the read models were made from another log: event .*counters/,
    );
    await expect(refused(openMemoryEventStore())).rejects.toBeInstanceOf(OtherLog);
  }
  await running.stop();
});
