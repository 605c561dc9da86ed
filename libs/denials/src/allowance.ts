import type { Attempt, DenialCode } from './attempt.js';

/** How much of what is refused is recorded by one process in a minute. */
export interface DenialLimits {
  /** In all. At most half of it, rounded up, is for those whom nobody knows. */
  readonly perMinute: number;
  /** Of one actor or, where none is known, from one network. */
  readonly perSource: number;
}

/** Why an attempt was not recorded: its source had too many, there were too many in all, or the log was away. */
export type Reason = 'source' | 'total' | 'log';

/** What was not recorded in a minute, for the auditor to know. */
export interface Unrecorded {
  /** The first and the last of them was refused then; RFC 3339 UTC, within one minute. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly by_reason: Readonly<Record<Reason, number>>;
  readonly by_code: Readonly<Partial<Record<DenialCode, number>>>;
  /** Those with the most, first. The rest of `count` is of others. */
  readonly sources: readonly (Source & { readonly count: number })[];
}

interface Source {
  readonly actor_id: string | null;
  readonly network: string | null;
}

/** Counts by the minutes in which attempts were refused. Has no clock: attempts carry their time. */
export interface Allowance {
  /** Whether the attempt is to be recorded; one that is not is counted. */
  takes(attempt: Attempt): boolean;
  /** Counts one that was to be recorded and cannot be. */
  lost(attempt: Attempt): void;
  /** What was not recorded in minutes that are over at `at`; of all minutes without it. Each is told once. */
  unrecorded(at?: string): readonly Unrecorded[];
  /** Whether there is any that was not told yet. */
  owes(): boolean;
}

/** Sources that are told apart in a minute's summary while it is counted, and those of them that it names. */
const SOURCES_KEPT = 1_000;
const SOURCES_NAMED = 10;

interface Missed {
  from: string;
  to: string;
  count: number;
  readonly byReason: Record<Reason, number>;
  readonly byCode: Map<DenialCode, number>;
  readonly bySource: Map<string, { readonly source: Source; count: number }>;
}

const minuteOf = (at: string): string => at.slice(0, 16);

const sourceOf = ({ actor, network }: Attempt): Source =>
  actor ? { actor_id: actor.id, network: null } : { actor_id: null, network };

export function allowance({ perMinute, perSource }: DenialLimits): Allowance {
  const perStrangers = Math.ceil(perMinute / 2);
  /** The newest minute there was: a clock that was put back starts no new one. */
  let minute = '';
  let taken = 0;
  let ofStrangers = 0;
  // No larger than what is taken in a minute.
  let bySource = new Map<string, number>();
  const missed = new Map<string, Missed>();

  function miss(attempt: Attempt, key: string, source: Source, reason: Reason): void {
    const { at, code } = attempt;
    const found = missed.get(minuteOf(at)) ?? {
      from: at,
      to: at,
      count: 0,
      byReason: { source: 0, total: 0, log: 0 },
      byCode: new Map<DenialCode, number>(),
      bySource: new Map<string, { readonly source: Source; count: number }>(),
    };
    missed.set(minuteOf(at), found);
    if (at < found.from) found.from = at;
    if (at > found.to) found.to = at;
    found.count += 1;
    found.byReason[reason] += 1;
    found.byCode.set(code, (found.byCode.get(code) ?? 0) + 1);
    const known = found.bySource.get(key);
    if (known) known.count += 1;
    else if (found.bySource.size < SOURCES_KEPT) found.bySource.set(key, { source, count: 1 });
  }

  const keyOf = (source: Source): string => JSON.stringify([source.actor_id, source.network]);

  /** Why an attempt of this source is too many; undefined while it is not. */
  function excess(key: string, known: boolean): Reason | undefined {
    if ((bySource.get(key) ?? 0) >= perSource) return 'source';
    return taken >= perMinute || (!known && ofStrangers >= perStrangers) ? 'total' : undefined;
  }

  return {
    takes(attempt) {
      if (minuteOf(attempt.at) > minute) {
        minute = minuteOf(attempt.at);
        taken = 0;
        ofStrangers = 0;
        bySource = new Map();
      }
      const source = sourceOf(attempt);
      const key = keyOf(source);
      const known = source.actor_id !== null;
      const reason = excess(key, known);
      if (reason) {
        miss(attempt, key, source, reason);
        return false;
      }
      taken += 1;
      if (!known) ofStrangers += 1;
      bySource.set(key, (bySource.get(key) ?? 0) + 1);
      return true;
    },

    lost(attempt) {
      const source = sourceOf(attempt);
      miss(attempt, keyOf(source), source, 'log');
    },

    owes: () => missed.size > 0,

    unrecorded(at) {
      const over = [...missed].filter(([one]) => at === undefined || one < minuteOf(at));
      for (const [one] of over) missed.delete(one);
      return over.map(([, { from, to, count, byReason, byCode, bySource: sources }]) => ({
        from,
        to,
        count,
        by_reason: byReason,
        by_code: Object.fromEntries(byCode),
        sources: [...sources.values()]
          .toSorted((a, b) => b.count - a.count)
          .slice(0, SOURCES_NAMED)
          .map((one) => ({ ...one.source, count: one.count })),
      }));
    },
  };
}
