import { randomUUID } from 'node:crypto';
import type { JsonObject, NewEvent, Recorded } from '../event-store.js';
import { chainHash, contentHash, GENESIS } from '../hash.js';

/** An event with dull defaults and an id of its own. */
export function anEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  return {
    id: randomUUID(),
    type: 'SomethingHappened',
    schemaVersion: 1,
    data: { what: 'this' },
    metadata: { actor: 'someone' },
    at: '2026-01-31T08:00:00.500Z',
    ...overrides,
  };
}

export function anEventOf(data: JsonObject): NewEvent {
  return anEvent({ data });
}

/** A stream name that no other test has. */
export function aStream(): string {
  return `test-${randomUUID()}`;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The hashes a stream's events must carry, computed anew from what they say. */
export function recomputedChain(events: readonly Recorded[]): { prevHash: string; hash: string }[] {
  let prevHash = GENESIS;
  return events.map((event) => {
    const link = { prevHash, hash: chainHash(prevHash, contentHash(event.stream, event)) };
    prevHash = link.hash;
    return link;
  });
}
