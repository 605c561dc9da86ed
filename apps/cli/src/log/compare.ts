import { chainHash, contentHash, type Position, type Recorded } from '@dispatch/event-store';

/** How far two logs are the same. */
export interface Compared {
  readonly events: number;
  /** Streams that begin among them. */
  readonly streams: number;
  /** Of the last event that both have: each log has its own positions. */
  readonly source: Position | 'start';
  readonly target: Position | 'start';
}

/** Where two logs are not the same, in words. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

/** An event's place as people look for it. */
export const placeOf = ({ stream, revision }: Pick<Recorded, 'stream' | 'revision'>): string =>
  `${stream} at revision ${revision}`;

/**
 * Walks both logs in their order until the target ends: every event of the target must be the source's event at the
 * same place of that order. Compared are stream, revision, id, type, version, time and both hashes; each side's hash is
 * computed again from what stands there, data and metadata included. So the two say the same, byte for byte of their
 * canonical form. Holds one event of each log at a time.
 * @throws Difference with the first place where they part.
 */
export async function compare(
  source: AsyncIterable<Recorded>,
  target: AsyncIterable<Recorded>,
  onEvent: (compared: Compared) => void,
): Promise<Compared> {
  let compared: Compared = { events: 0, streams: 0, source: 'start', target: 'start' };
  const sources = oneByOne(source);
  try {
    for await (const there of target) {
      const next = await sources.next();
      if (next.done) throw new Difference(`the target holds ${placeOf(there)}, and the source ends before it`);
      const event = next.value;
      refuseDifference(event, there);
      compared = {
        events: compared.events + 1,
        streams: compared.streams + (event.revision === 0 ? 1 : 0),
        source: event.position,
        target: there.position,
      };
      onEvent(compared);
    }
  } finally {
    await sources.return();
  }
  return compared;
}

async function* oneByOne(events: AsyncIterable<Recorded>): AsyncGenerator<Recorded, void> {
  for await (const event of events) yield event;
}

const COMPARED = ['id', 'type', 'schemaVersion', 'at', 'prevHash', 'hash'] as const;

function refuseDifference(event: Recorded, there: Recorded): void {
  if (event.stream !== there.stream || event.revision !== there.revision)
    throw new Difference(`the target holds ${placeOf(there)} where the source has ${placeOf(event)}`);
  const place = placeOf(event);
  const differing = COMPARED.filter((field) => event[field] !== there[field]);
  if (differing.length > 0) throw new Difference(`${place} differs in ${differing.join(', ')}`);
  for (const [side, one] of [
    ['source', event],
    ['target', there],
  ] as const)
    if (chainHash(one.prevHash, contentHash(one.stream, one)) !== one.hash)
      throw new Difference(`${place} is not what its hash says in the ${side}: it was changed there`);
}
