import { type Admitted, admit } from '../admission.js';
import { type Appended, type EventStore, type Expected, LogUnavailable, type Restoring } from '../event-store.js';
import { chainHash, GENESIS, parsedObject } from '../hash.js';
import { type Claims, type ClaimRevision, claimsOver } from './claims.js';
import { connectTo } from './client.js';
import type { Placed } from './codec.js';
import { namesUnder } from './names.js';
import { linksBy } from '../links.js';
import { logReader } from './reading.js';
import { restoreAll } from './restoring.js';
import { recentTails, type Tail, type Tails } from './tails.js';
import { inTurns } from './turns.js';

export interface EventStoreDbEventStoreOptions {
  /**
   * `esdb://` or `kurrentdb://`, with login and TLS as the server's own documentation has it. The login must be one
   * that may read $all.
   */
  readonly url: string;
  /** Milliseconds a call may take, 10,000 by default; where the URL has a defaultDeadline, that holds. */
  readonly timeoutMs?: number;
  /** What the names of all its streams begin with, should several logs share a cluster: `dispatch` by default. */
  readonly prefix?: string;
}

/** The log in an EventStoreDB or KurrentDB cluster. Connects when first used. */
export function openEventStoreDbEventStore(options: EventStoreDbEventStoreOptions): EventStore & Restoring {
  const { url, timeoutMs, prefix = 'dispatch' } = options;
  const names = namesUnder(prefix);
  const connection = connectTo(url, timeoutMs);
  const closing = new AbortController();
  const tails = recentTails();
  const claims = claimsOver(connection, names, closing.signal);
  const turns = inTurns();

  function refuseClosed(): void {
    if (closing.signal.aborted) throw new LogUnavailable('the event store is closed');
  }

  let shut: Promise<void> | undefined;
  const reader = logReader({ connection, names, tails, closing: closing.signal });
  return {
    ...reader,
    links: linksBy(reader.readAll),
    async append(stream, expected, event) {
      refuseClosed();
      const admitted = admit(stream, expected, event);
      const keys = [`stream ${stream}`, `event ${event.id}`];
      return turns.run(keys, () => claimAndWrite(claims, tails, admitted));
    },
    async restore(events) {
      refuseClosed();
      return turns.run(['restore'], () => restoreAll(claims, tails, events));
    },
    async find(eventId) {
      refuseClosed();
      return (await claims.settle(eventId))?.holder;
    },
    close() {
      shut ??= turns
        .idle()
        .then(() => closing.abort())
        .then(() => connection.close());
      return shut;
    },
  };
}

async function claimAndWrite(claims: Claims, tails: Tails, admitted: Admitted): Promise<Appended> {
  const { stream, expected, event } = admitted;
  let dead: ClaimRevision;
  for (;;) {
    const before = await tailFor(claims, tails, stream, expected);
    if ('conflict' in before) {
      const settled = await claims.settle(event.id);
      return settled?.holder ? { duplicate: settled.holder } : before;
    }
    const placed = at(before.tail, admitted);
    const claim = await claims.make(placed, dead);
    if (claim === undefined) {
      const other = await claims.settleTaken(event.id);
      if (other.holder) return { duplicate: other.holder };
      dead = other.claim;
      continue;
    }
    const settled = await claims.finish(placed);
    if (settled.holder) {
      tails.reached(settled.holder);
      return { written: settled.holder };
    }
    tails.moved(stream);
    if (expected !== 'any') return { conflict: settled.actual };
    dead = claim;
  }
}

/** The event that the new one comes after, undefined where it is the first; or why there is no place for it. */
async function tailFor(
  claims: Claims,
  tails: Tails,
  stream: string,
  expected: Expected,
): Promise<{ readonly tail: Tail | undefined } | { readonly conflict: number | 'none' }> {
  const known = tails.get(stream);
  if (expected === 'none' && !known) return { tail: undefined };
  if (known && (expected === 'any' || expected === known.revision)) return { tail: known };
  const tail = await claims.tail(stream);
  if (tail) tails.reached(tail);
  const revision = tail ? tail.revision : 'none';
  return expected === 'any' || expected === revision ? { tail } : { conflict: revision };
}

function at(tail: Tail | undefined, { stream, event, data, metadata, contentHash }: Admitted): Placed {
  const { id, type, schemaVersion, at } = event;
  const prevHash = tail ? tail.hash : GENESIS;
  return {
    id,
    type,
    schemaVersion,
    // Read back from the text: whoever reads it later is given the same keys in the same order.
    data: parsedObject(data),
    metadata: parsedObject(metadata),
    at,
    stream,
    revision: tail ? tail.revision + 1 : 0,
    prevHash,
    hash: chainHash(prevHash, contentHash),
  };
}
