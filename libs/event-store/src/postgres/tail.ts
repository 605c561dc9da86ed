import { comparePositions, type Position, type Recorded } from '../event-store.js';
import { type Page, recorded } from './rows.js';

/** Part of the log, in order and without a gap. */
export interface Stretch {
  readonly events: readonly Recorded[];
  /** More may stand behind it already. */
  readonly full: boolean;
  /** How often the bell had rung before it was read: what was written after a later ring may be missing. */
  readonly rung: number;
}

/**
 * The end of the log as it was last read. Who follows closely has it from here, so that one statement and one parsing
 * of what comes in serve all who follow in this process.
 */
export interface Tail {
  /** What stands after this position: some of it, or nothing as of the last ring. @throws what `read` throws */
  after(position: Position): Promise<Stretch>;
}

export interface TailOptions {
  readonly read: (after: Position) => Promise<Page>;
  readonly rung: () => number;
}

/** Events and bytes that are kept, whoever is behind them reads the log itself. */
const KEPT_EVENTS = 1_000;
const KEPT_BYTES = 4 * 1024 * 1024;

interface Kept extends Stretch {
  /** The first event stands after it. */
  readonly from: Position;
  readonly end: Position;
  /** Of each event. */
  readonly octets: readonly number[];
}

export function tailOf({ read, rung }: TailOptions): Tail {
  let kept: Kept | undefined;
  let coming: { readonly from: Position; readonly more: Promise<Stretch> } | undefined;

  async function readAfter(from: Position): Promise<Kept> {
    const rings = rung();
    const { rows, full } = await read(from);
    const octets = rows.map((row) => Number(row[11]));
    return { events: rows.map(recorded), octets, full, rung: rings, from, end: rows.at(-1)?.[0] ?? from };
  }
  async function grown(from: Position): Promise<Stretch> {
    const more = await readAfter(from);
    if (kept?.end === from) kept = trimmed(joined(kept, more));
    return more;
  }
  /** What comes after the end, read once for all who ask meanwhile. */
  function next(from: Position): Promise<Stretch> {
    if (coming?.from === from) return coming.more;
    const more = grown(from).finally(() => {
      if (coming?.more === more) coming = undefined;
    });
    coming = { from, more };
    return more;
  }

  return {
    async after(position) {
      if (kept && position === kept.end) return next(position);
      if (kept && comparePositions(kept.from, position) <= 0 && comparePositions(position, kept.end) < 0) {
        const last = kept.events.findLastIndex((event) => comparePositions(event.position, position) <= 0);
        return { events: kept.events.slice(last + 1), full: kept.full, rung: kept.rung };
      }
      const own = await readAfter(position);
      if (!own.full && isNearer(own, kept)) kept = trimmed(own);
      return own;
    },
  };
}

/** Whether this is more of the end. A position alone, without an event, may be anybody's guess. */
function isNearer({ events, end }: Kept, kept: Kept | undefined): boolean {
  if (!kept) return true;
  return events.length > 0 && (kept.events.length === 0 || comparePositions(end, kept.end) > 0);
}

const joined = (kept: Kept, more: Kept): Kept => ({
  ...more,
  from: kept.from,
  events: [...kept.events, ...more.events],
  octets: [...kept.octets, ...more.octets],
});

function trimmed(kept: Kept): Kept {
  let first = kept.events.length;
  for (let bytes = 0; first > 0 && kept.events.length - first < KEPT_EVENTS; first -= 1) {
    bytes += kept.octets[first - 1] ?? 0;
    if (bytes > KEPT_BYTES) break;
  }
  if (first === 0) return kept;
  const from = kept.events[first - 1]?.position ?? kept.from;
  return { ...kept, from, events: kept.events.slice(first), octets: kept.octets.slice(first) };
}
