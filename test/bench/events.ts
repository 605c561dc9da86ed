import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@dispatch/event-store';

/** An event whose `data` and `metadata` together are 500 bytes of JSON. */
export const anEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data: { what: 'a fact that is about as long as most are', note: 'x'.repeat(261) },
  metadata: {
    actor: { id: 'bench', role: 'dispatcher', type: 'SERVICE' },
    correlation: randomUUID(),
    note: 'y'.repeat(54),
  },
  at: new Date().toISOString(),
});
