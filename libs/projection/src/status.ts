import { comparePositions, type EventStore, type Position } from '@dispatch/event-store';
import type { Pool } from 'pg';
import { type Generation, GENERATION_COLUMNS } from './generations.js';

export interface ParkedStatus {
  readonly key: string;
  readonly position: Position;
  readonly revision: number;
  readonly error: string;
  readonly attempts: number;
  readonly firstSeen: Date;
  readonly nextRetryAt: Date;
}

type Standing = Pick<Generation, 'tableName' | 'version' | 'position'>;

export interface ProjectionStatus {
  readonly name: string;
  /** `missing`: no table is live yet; `stopped`: too many keys failed, see `reason`. */
  readonly state: 'live' | 'stopped' | 'missing';
  readonly reason?: string;
  readonly version?: number;
  readonly table?: string;
  /** An operator went back to this table. */
  readonly pinned: boolean;
  readonly position: Position | 'start';
  readonly head: Position | 'start';
  /** Differences of positions: events where the log's positions are gapless. */
  readonly lagPositions: number;
  /**
   * How long the oldest event that is not folded in has been in the log, to about a second; 0 when there is none. Of
   * more than an hour no more is told.
   */
  readonly lagSeconds: number;
  /** Since its runner last gave a sign of life, by the database's clock; undefined when none ever did. */
  readonly silentSeconds?: number;
  /** Host and process id of that runner. */
  readonly runner?: string;
  /** Since the checkpoint last moved. */
  readonly stillSeconds: number;
  readonly lastEventAt?: Date;
  readonly building: readonly (Standing & { readonly stillSeconds: number })[];
  readonly kept: readonly Standing[];
  /** Counted up to 10,000. */
  readonly parkedCount: number;
  /** The oldest ones. */
  readonly parked: readonly ParkedStatus[];
}

type StatusRow = Generation & {
  readonly lastEventAt: Date | null;
  readonly parkedCount: number;
  readonly stillSeconds: number;
  readonly silentSeconds: number | null;
  readonly runner: string | null;
};

const PARKED_SHOWN = 100;
/** The status is asked for each second: a crowd is not counted to its end. */
const PARKED_COUNTED = 10_000;

/** Of every projection that has a table, by name. */
export async function statusOf(pool: Pool, store: EventStore, now: () => number): Promise<ProjectionStatus[]> {
  const { rows } = await pool.query<StatusRow>(
    `select ${GENERATION_COLUMNS}, last_event_at as "lastEventAt", ${secondsSince('updated_at')} as "stillSeconds",
       (select ${secondsSince('beat_at')} from dispatch_read.runners r where r.name = p.name) as "silentSeconds",
       (select r.process from dispatch_read.runners r where r.name = p.name) as runner,
       (select count(*)::integer
          from (select from dispatch_read.parked k where k.table_name = p.table_name limit ${PARKED_COUNTED}) as counted
       ) as "parkedCount"
     from dispatch_read.projections p order by name, updated_at desc`,
  );
  // After the checkpoints: none of them is beyond it.
  const head = await store.head();
  const ages = new Map<Position | 'start', Promise<number>>();
  const names = [...new Set(rows.map(({ name }) => name))];
  return Promise.all(
    names.map((name) =>
      one(
        name,
        rows.filter((row) => row.name === name),
      ),
    ),
  );

  /** Read once for all that stand at the same place, as those do that wait for the same thing. */
  function age(position: Position | 'start'): Promise<number> {
    const read = ages.get(position) ?? waitAfter(pool, store, position, now);
    ages.set(position, read);
    return read;
  }

  async function one(name: string, generations: readonly StatusRow[]): Promise<ProjectionStatus> {
    const live = generations.find(({ state }) => state === 'live');
    const position = live?.position ?? 'start';
    return {
      name,
      state: live ? (live.stopped === null ? 'live' : 'stopped') : 'missing',
      reason: live?.stopped ?? undefined,
      version: live?.version,
      table: live?.tableName,
      pinned: live?.pinned ?? false,
      position,
      head,
      lagPositions: Number(counted(head) - counted(position)),
      lagSeconds: comparePositions(position, head) < 0 ? await age(position) : 0,
      silentSeconds: live?.silentSeconds ?? undefined,
      runner: live?.runner ?? undefined,
      stillSeconds: live?.stillSeconds ?? 0,
      lastEventAt: live?.lastEventAt ?? undefined,
      building: generations
        .filter(({ state }) => state === 'building')
        .map((row) => ({ ...progress(row), stillSeconds: row.stillSeconds })),
      kept: generations.filter(({ state }) => state === 'kept').map(progress),
      parkedCount: live?.parkedCount ?? 0,
      parked: live && live.parkedCount > 0 ? await parkedOf(pool, live.tableName) : [],
    };
  }
}

function progress({ tableName, version, position }: Generation) {
  return { tableName, version, position };
}

function counted(position: Position | 'start'): bigint {
  return position === 'start' ? 0n : BigInt(position);
}

/** Of a time of the database, by its clock. One that lies ahead was told before the clock was set back. */
const secondsSince = (time: string): string => `abs(extract(epoch from clock_timestamp() - ${time}))::float8`;

/**
 * How long the first event after a position has been in the log: since a runner saw the log reach beyond it. Where none
 * has yet, it came after they last looked; where none looks at all, its own time is all that is known.
 */
async function waitAfter(pool: Pool, store: EventStore, position: Position | 'start', now: () => number) {
  const { rows } = await pool.query<{ sighted: number | null; looked: number | null }>(
    `select (select ${secondsSince('min(seen_at)')} from dispatch_read.sightings where head > $1::numeric) as sighted,
       (select ${secondsSince('max(looked_at)')} from dispatch_read.runners) as looked`,
    [position === 'start' ? '0' : position],
  );
  const [seen] = rows;
  if (typeof seen?.sighted === 'number') return seen.sighted;
  return Math.min(await ageAfter(store, position, now), seen?.looked ?? Infinity);
}

async function ageAfter(store: EventStore, position: Position | 'start', now: () => number): Promise<number> {
  for await (const { at } of store.readAll({ after: position })) return Math.max(0, (now() - Date.parse(at)) / 1_000);
  return 0;
}

async function parkedOf(pool: Pool, tableName: string): Promise<ParkedStatus[]> {
  const { rows } = await pool.query<ParkedStatus>(
    `select key, position, revision, error, attempts, first_seen as "firstSeen", next_retry_at as "nextRetryAt"
     from dispatch_read.parked where table_name = $1 order by first_seen, key limit ${PARKED_SHOWN}`,
    [tableName],
  );
  return rows;
}
