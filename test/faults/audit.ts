import { eventIdOf, provenanceOf } from '@dispatch/commands';
import {
  chainHash,
  comparePositions,
  contentHash,
  type EventStore,
  GENESIS,
  openPostgresEventStore,
  type Recorded,
} from '@dispatch/event-store';
import { findLocalPostgres } from '@dispatch/local-postgres';
import { parseUuid } from '@dispatch/ticket';
import { wholeLog } from '../../libs/commands/src/testing/stores.js';
import { known } from '../../libs/ticket/src/testing/values.js';
import { ACTOR, type Sent } from './load.js';

/** The log of a running service's data folder, beside the service. */
export async function openLog(dataDir: string): Promise<EventStore> {
  return openPostgresEventStore({ url: known(await findLocalPostgres(dataDir)).ownerUrl });
}

export const idOfCommand = ({ endpoint, key }: Sent): string =>
  eventIdOf({ actorId: ACTOR, endpoint, key: known(parseUuid(key)) });

/**
 * What is wrong with a log: gaps, forgeries and commands that stand in it twice. Empty when nothing is.
 * @param gapless whether positions count the events, as in the Postgres log
 */
export async function faultsOf(store: EventStore, gapless = true): Promise<readonly string[]> {
  return faultsIn(await wholeLog(store), gapless);
}

/** The same for the events of a whole log. */
export function faultsIn(events: readonly Recorded[], gapless: boolean): readonly string[] {
  const tails = new Map<string, Recorded>();
  const commands = new Set<string>();
  const faults: string[] = [];
  let before: Recorded['position'] | 'start' = 'start';
  for (const [index, event] of events.entries()) {
    const tail = tails.get(event.stream);
    const prevHash = tail ? tail.hash : GENESIS;
    const command = JSON.stringify([
      provenanceOf(event).actor,
      event.metadata.endpoint,
      event.metadata.requestId ?? event.id,
    ]);
    const sound =
      (gapless ? event.position === String(index + 1) : comparePositions(before, event.position) < 0) &&
      event.revision === (tail ? tail.revision + 1 : 0) &&
      event.prevHash === prevHash &&
      event.hash === chainHash(prevHash, contentHash(event.stream, event)) &&
      !commands.has(command);
    if (!sound) faults.push(`event ${event.id} at position ${event.position}`);
    tails.set(event.stream, event);
    commands.add(command);
    before = event.position;
  }
  return faults;
}
