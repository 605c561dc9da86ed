import type { EventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { instantOf } from '@dispatch/ticket';
import { adoptionIdOf } from './identity.js';

/**
 * A policy set that comes into use is itself recorded, once, so that an old decision can be checked under the
 * rules of its day. Its id follows from the version: starting again with a set that is known adds nothing. `by` is the
 * program that brings it.
 */
export async function recordPolicy(store: EventStore, policy: Policy, clock: () => number, by: string): Promise<void> {
  await store.append('policy', 'any', {
    id: adoptionIdOf(policy.version),
    type: 'PolicyAdopted',
    schemaVersion: 1,
    data: { version: policy.version, set: policy.set },
    metadata: { actor: { id: by, role: 'system', type: 'SYSTEM' } },
    at: instantOf(clock()),
  });
}
