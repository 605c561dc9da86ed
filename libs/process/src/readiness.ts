import type { EventStore } from '@dispatch/event-store';
import type { ProjectionStatus, ReadModels } from '@dispatch/projection';
import type { Log } from '@dispatch/telemetry';
import { inTime } from './in-time.js';

/** A projection is behind when the oldest event that it lacks has waited for longer than this. */
export const LAG_LIMIT_SECONDS = 30;
/**
 * A runner that gave no sign of life for so long is dead, stuck or cut off; one whose checkpoint has not moved for so
 * long while an event waits only believes that there is none. Seconds: with the beat of one and the freshness of an
 * answer it shows within ten.
 */
export const SILENCE_LIMIT_SECONDS = 8;
/** An answer is good for this long, in milliseconds: whoever may ask can not make the database work for it. */
const FRESH_MS = 500;

export interface ReadinessParts {
  readonly store: Pick<EventStore, 'head'>;
  /** Why this process could not append just now; undefined where it appends nothing, or could. */
  readonly appendFault?: () => string | undefined;
  readonly models: Pick<ReadModels, 'status'>;
  /** Projections that must be live. */
  readonly names: readonly string[];
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** For strangers, so the reason names no part; the log does. */
export type Readiness =
  | {
      readonly ready: true;
      /** Tickets and other keys whose event could not be folded: they are stale, everything else is served. */
      readonly parkedKeys: number;
    }
  | { readonly ready: false; readonly reason: string };

/** The rest is for the log. */
type Unready = { readonly reason: string; readonly projections?: readonly string[]; readonly error?: string };

/**
 * Whether the whole can serve: the log and the read models answer, and every projection is live, kept by a runner that
 * lives, and within its lag limit. All of it is looked up in the database, since a process may believe anything of itself. Asked as often as one likes; the log is told when the answer changes.
 */
export function readiness(parts: ReadinessParts): () => Promise<Readiness> {
  const { log } = parts;
  let told = '';
  let latest: { readonly at: number; readonly answer: Promise<Readiness> } | undefined;

  async function look(): Promise<Readiness> {
    const found = await judge(parts);
    const { reason = '', ...facts } = 'reason' in found ? found : {};
    if (reason !== told) {
      if (reason) log.warn({ reason, ...facts }, 'not ready');
      else log.info({}, 'ready again');
      told = reason;
    }
    return 'reason' in found ? { ready: false, reason } : found;
  }

  return () => {
    const now = performance.now();
    if (!latest || now >= latest.at + FRESH_MS) latest = { at: now, answer: look() };
    return latest.answer;
  };
}

async function judge({
  store,
  appendFault,
  models,
  names,
}: ReadinessParts): Promise<Unready | (Readiness & { ready: true })> {
  const head = await inTime(store.head());
  if ('error' in head) return { reason: 'the log cannot be reached', ...head };
  const refused = appendFault?.();
  if (refused !== undefined) return { reason: 'the log takes no events', error: refused };
  const status = await inTime(models.status());
  if ('error' in status) return { reason: 'the read models cannot be reached', ...status };
  const wanted = names.map((name) => status.answer.find((one) => one.name === name) ?? missing(name));
  return unready(wanted) ?? { ready: true, parkedKeys: wanted.reduce((sum, { parkedCount }) => sum + parkedCount, 0) };
}

type Judged = Pick<
  ProjectionStatus,
  'name' | 'state' | 'lagSeconds' | 'parkedCount' | 'silentSeconds' | 'stillSeconds' | 'building'
>;

const missing = (name: string): Judged => ({
  name,
  state: 'missing',
  lagSeconds: 0,
  parkedCount: 0,
  stillSeconds: 0,
  building: [],
});

const FAULTS: readonly (readonly [reason: string, applies: (status: Judged) => boolean])[] = [
  ['a read model is still being built', ({ state }) => state === 'missing'],
  ['a projection has stopped', ({ state }) => state === 'stopped'],
  ['no runner keeps a projection', ({ silentSeconds = Infinity }) => silentSeconds > SILENCE_LIMIT_SECONDS],
  [
    'a projection stands still',
    // While a table is built anew the old one stands still on purpose, for as long as it may be behind.
    ({ lagSeconds, stillSeconds, building }) =>
      Math.min(lagSeconds, stillSeconds) > SILENCE_LIMIT_SECONDS &&
      !building.some((table) => table.stillSeconds < LAG_LIMIT_SECONDS),
  ],
  ['a projection is behind', ({ lagSeconds }) => lagSeconds > LAG_LIMIT_SECONDS],
];

function unready(statuses: readonly Judged[]): Unready | undefined {
  for (const [reason, applies] of FAULTS) {
    const projections = statuses.filter(applies).map(({ name }) => name);
    if (projections.length > 0) return { reason, projections };
  }
  return undefined;
}
