import type { Misfit, Recorded, Restored } from '../event-store.js';
import { parsedObject } from '../hash.js';
import { admitRecorded, brokenLink, holderMisfit, misfitOf } from '../restoring.js';
import type { Claims, Settled } from './claims.js';
import type { Placed } from './codec.js';
import type { Tail, Tails } from './tails.js';

/** Events whose claims are made side by side. */
const WINDOW = 64;

/**
 * Claims are no part of the log's order, so those of a window are made at once; the events follow one after another,
 * since the order in which the server meets them is the log's. A restore that broke off leaves claims whose places are
 * free: whoever meets one writes the event there, which is where it belongs.
 */
export async function restoreAll(claims: Claims, tails: Tails, events: readonly Recorded[]): Promise<Restored> {
  let written = 0;
  for (let from = 0; from < events.length; from += WINDOW) {
    const restored = await restoreWindow(claims, tails, events.slice(from, from + WINDOW));
    if ('misfit' in restored) return restored;
    written += restored.written;
  }
  return { written };
}

async function restoreWindow(claims: Claims, tails: Tails, events: readonly Recorded[]): Promise<Restored> {
  const { missing, misfit } = await missingOf(claims, tails, events);
  const made = await Promise.allSettled(missing.map((event) => claims.make(event, undefined)));
  let written = 0;
  for (const [index, event] of missing.entries()) {
    const claim = made[index];
    if (claim?.status === 'rejected') {
      if (!(claim.reason instanceof RangeError)) throw claim.reason;
      return { misfit: misfitOf(event, claim.reason.message) };
    }
    const mine = claim?.value !== undefined;
    const settled = await (mine ? claims.finish(event) : settledClaim(claims, event));
    // Its place fell to another writer since it was looked at.
    if (!settled.holder) return { misfit: misfitOf(event, `its stream is at revision ${settled.actual} here`) };
    const taken = holderMisfit(event, settled.holder);
    if (taken) return { misfit: taken };
    tails.reached(settled.holder);
    written += 1;
  }
  return misfit ? { misfit } : { written };
}

interface Missing {
  /** What has yet to be written, up to the misfit; each fits behind what is there or before it in the list. */
  readonly missing: readonly Placed[];
  readonly misfit?: Misfit;
}

async function missingOf(claims: Claims, tails: Tails, events: readonly Recorded[]): Promise<Missing> {
  const streams = [...new Set(events.map(({ stream }) => stream))];
  const ends = new Map<string, Tail | undefined>();
  const look = async (stream: string) => void ends.set(stream, tails.get(stream) ?? (await claims.tail(stream)));
  await Promise.all(streams.map(look));

  const missing: Placed[] = [];
  for (const event of events) {
    const { stream, revision } = event;
    const checked = admitRecorded(event);
    if ('misfit' in checked) return { missing, misfit: checked.misfit };
    const end = ends.get(stream);
    const there = end && revision <= end.revision ? await holderAt(claims, missing, event) : undefined;
    const misfit = there ? holderMisfit(event, there) : brokenLink(event, end);
    if (misfit) return { missing, misfit };
    if (there) continue;
    missing.push(placed(event, checked.admitted));
    ends.set(stream, event);
  }
  return { missing };
}

/** What is at the event's place: in the log, or before it in the window. */
async function holderAt(claims: Claims, missing: readonly Placed[], { stream, revision }: Recorded) {
  const before = missing.find((one) => one.stream === stream && one.revision === revision);
  return before ?? claims.at(stream, revision);
}

/** The claim of somebody before; where that is dead, one of our own. */
async function settledClaim(claims: Claims, event: Placed): Promise<Settled> {
  for (;;) {
    const other = await claims.settleTaken(event.id);
    if (other.holder) return other;
    if ((await claims.make(event, other.claim)) !== undefined) return claims.finish(event);
  }
}

function placed(event: Recorded, { data, metadata }: { readonly data: string; readonly metadata: string }): Placed {
  const { id, type, schemaVersion, at, stream, revision, prevHash, hash } = event;
  return {
    id,
    type,
    schemaVersion,
    // As every event is written: with its keys in order.
    data: parsedObject(data),
    metadata: parsedObject(metadata),
    at,
    stream,
    revision,
    prevHash,
    hash,
  };
}
