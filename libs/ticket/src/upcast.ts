import type { TicketEvent, TicketEventType } from './events.js';
import type { OpenObject } from './kernel.js';

/** Brings `data` of the version that is its index + 1 to the next version. Pure and total on that version. */
export type Upcaster = (data: OpenObject) => OpenObject;
/** Event type → its upcasters, oldest first. The current version is their number + 1. */
export type Upcasters = Readonly<Partial<Record<TicketEventType, readonly Upcaster[]>>>;

/** Every shape that was ever released and is no longer written. None yet; entries are added, never changed. */
export const upcasters: Upcasters = {};

/** The version that events of this type are written in. */
export const currentVersion = (type: TicketEventType, table: Upcasters = upcasters): number =>
  (table[type]?.length ?? 0) + 1;

/**
 * An event as it stands in the log, in today's shape. Throws for a version of the future: a newer release wrote
 * it, and this one must not guess at what it says.
 */
export function upcast(
  type: TicketEventType,
  version: number,
  data: OpenObject,
  table: Upcasters = upcasters,
): TicketEvent {
  const steps = table[type] ?? [];
  if (!Number.isInteger(version) || version < 1 || version > steps.length + 1)
    throw new Error(`${type} of version ${version} is not known to this release`);
  const today = steps.slice(version - 1).reduce((shape, step) => step(shape), data);
  return { type, data: today } as TicketEvent;
}
