import type { NewEvent, Recorded } from '@dispatch/event-store';
import { newUuid } from './calls.js';

/** The simplest stream there is: what was said in it, in order. */
export type Tally = readonly string[];

export const tallied = (tally: Tally | undefined, event: Recorded): Tally => [...(tally ?? []), event.type];

export const said = (type: string, parts: Partial<NewEvent> = {}): NewEvent => ({
  id: newUuid(),
  type,
  schemaVersion: 1,
  data: {},
  metadata: { contentHash: 'asked' },
  at: '2026-01-05T12:00:00.000Z',
  ...parts,
});
