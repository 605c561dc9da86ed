import { openPostgresEventStore } from '@dispatch/event-store';
import { anEvent } from './events.js';
import { loops } from './loops.js';
import { plainInserts } from './plain-inserts.js';
import type { Row } from './row.js';

const WAITING = 64;

export const appends: Row = {
  name: 'appends',
  what: `appends through the event store's port, ${WAITING} waiting, 500-byte events, each a new stream`,
  against: `one-row INSERT transactions by plain pg over ${WAITING} connections, same columns and indexes`,
  unit: '/s',
  reach: { atLeast: 2.5 },
  async open(ground) {
    const store = openPostgresEventStore({ url: ground.serviceUrl });
    const plain = await plainInserts(ground, WAITING, anEvent);
    const append = async (): Promise<void> => {
      const event = anEvent();
      const result = await store.append(`bench-${event.id}`, 'none', event);
      if (!('written' in result)) throw new Error('a new event was not written');
    };
    const workers = Array.from({ length: WAITING }, () => append);
    return {
      measured: async (ms) => (await loops(workers, ms)).perSecond,
      floor: async (ms) => (await loops(plain.workers, ms)).perSecond,
      async close() {
        await Promise.all([plain.close(), store.close()]);
      },
    };
  },
};
