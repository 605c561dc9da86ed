import { type ActorId, type Cents, type Instant, instantOf, parseCents, parseUuid, type Uuid } from '../kernel.js';

/** Fixed ids, times and amounts: a test that needs another says so. */
export const id = (n: number): Uuid => known(parseUuid(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`));

export const ticketId = id(1);
export const accountId = id(2);
export const siteId = id(3);
export const techId = id(4);
export const providerId = id(5);
export const approvalId = id(6);
export const evidenceId = id(7);
/** The id of the event to be. */
export const newId = id(8);

export const actor: ActorId = 'dana';

/** Minutes after the ticket was opened. */
export const at = (minutes: number): Instant => instantOf(Date.UTC(2026, 0, 5, 8) + minutes * 60_000);

export const cents = (n: number): Cents => known(parseCents(n));

/** What a parser made of a value that is known to be good. */
export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value of the test is not one of the domain');
  return value;
}
