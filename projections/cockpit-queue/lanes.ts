import { clockOf } from '../clock.js';
import { type QueueReading, SLA_STATUSES, type SlaStatus } from './reading.js';

/** A range of the index on (sla_clock, priority, left_ms) or (state, priority, left_ms): rows with least time first. */
export interface Lane {
  /** A state where the filter names states, else a clock. */
  readonly name: string;
  readonly priority: string;
  /** 0 is the most urgent priority. */
  readonly rank: number;
  /** 1 for a clock that has stopped, which comes after the others. */
  readonly stopped: 0 | 1;
  /** What makes `left_ms` the milliseconds that are left. */
  readonly shift: number;
  /** Bounds of `left_ms`; the upper one is not in the lane. */
  readonly low: number;
  readonly high: number;
  /** Rows from here on are after the start of the page; those below it are of its minute. */
  readonly beyond: number;
  /** Null where the lane runs through more than one. */
  readonly status: SlaStatus | null;
}

/** Where a page begins: rows before it are not in any lane. */
export interface Start {
  readonly stopped: number;
  readonly minutes: number;
}

export const MINUTE_MS = 60_000;
/** Beyond any time of a ticket. */
const EVER = Number.MAX_SAFE_INTEGER;
const CLOCKS = ['running', 'paused', 'stopped'];

/**
 * The lanes in which all rows stand that the filters on state, priority and SLA status leave; other filters are asked
 * of the rows. With `apart` no lane runs through two SLA statuses.
 */
export function lanesOf(
  { filters, sla }: Pick<QueueReading, 'filters' | 'sla'>,
  now: number,
  { start, apart = false }: { readonly start?: Start | undefined; readonly apart?: boolean } = {},
): readonly Lane[] {
  const ranges = rangesOf(sla.warning_minutes, filters.sla_status, apart);
  const priorities = Object.entries(sla.target_minutes).map(([priority, minutes], rank) => ({
    priority,
    minutes,
    rank,
  }));
  const wanted = priorities.filter(({ priority }) => filters.priority?.includes(priority) ?? true);
  return [...new Set(filters.state ?? CLOCKS)].flatMap((name) => {
    const clock = filters.state ? clockOf(name) : name;
    const stopped = clock === 'stopped' ? 1 : 0;
    if (start && stopped < start.stopped) return [];
    const from = start && stopped === start.stopped ? start.minutes * MINUTE_MS : -EVER;
    return wanted.flatMap(({ priority, minutes, rank }) => {
      const shift = minutes * MINUTE_MS - (clock === 'running' ? now : 0);
      return ranges
        .filter(({ to }) => to > from)
        .map(({ status, from: at, to }): Lane => {
          const [low = 0, beyond = 0, high = 0] = [
            Math.max(at, from),
            Math.max(at, from === -EVER ? from : from + MINUTE_MS),
            to,
          ].map((left) => bound(left, shift));
          return { name, priority, rank, stopped, shift, low, beyond, high, status };
        });
    });
  });
}

const bound = (left: number, shift: number): number => (Math.abs(left) === EVER ? left : left - shift);

interface Range {
  readonly status: SlaStatus | null;
  readonly from: number;
  readonly to: number;
}

/** Milliseconds left, from and to. A warning lasts to the end of its last whole minute. */
function rangesOf(warningMinutes: number, statuses: readonly SlaStatus[] | undefined, apart: boolean): Range[] {
  const healthy = Math.max(0, (warningMinutes + 1) * MINUTE_MS);
  const edges = [-EVER, 0, healthy, EVER];
  const all = SLA_STATUSES.map((status, n): Range => ({ status, from: edges[n] ?? 0, to: edges[n + 1] ?? 0 }));
  const wanted = all.filter(({ status }) => status !== null && (statuses?.includes(status) ?? true));
  if (apart) return wanted;
  return wanted.reduce<Range[]>((joined, range) => {
    const last = joined.at(-1);
    if (last?.to !== range.from) return [...joined, range];
    return [...joined.slice(0, -1), { status: null, from: last.from, to: range.to }];
  }, []);
}
