import type { Queryable } from '../sql.js';

/** Tickets by state. Index (state, last_transition_at), and nothing else where the table is at rest. */
export async function countByState(db: Queryable): Promise<readonly { state: string; count: number }[]> {
  const { rows } = await db.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from dispatch_read.operations group by state order by state',
    [],
  );
  return rows;
}

export interface TransitionCount {
  readonly from_state: string | null;
  readonly to_state: string;
  readonly count: number;
}

/**
 * How often tickets went from state to state, sorted. Index (transitions), and nothing else where the table is at
 * rest: tickets that went the same ways are counted together.
 */
export async function countTransitions(db: Queryable): Promise<readonly TransitionCount[]> {
  const { rows } = await db.query<TransitionCount>(
    `select nullif(split_part(step, '>', 1), '') as from_state, split_part(step, '>', 2) as to_state,
       sum(times * tickets)::float8 as count
     from (
       select transitions, count(*) as tickets from dispatch_read.operations group by transitions
     ) alike cross join lateral (
       select split_part(word, '*', 1) as step, split_part(word, '*', 2)::bigint as times
       from unnest(string_to_array(transitions, ' ')) as words (word)
     ) steps
     group by step order by step collate "C"`,
    [],
  );
  return rows;
}

export interface StateTime {
  readonly state: string;
  /** Tickets that have left the state. */
  readonly tickets: number;
  readonly mean_ms: number;
}

/** How long tickets stayed in each state, all their stays together. Reads and unfolds the whole table. */
export async function timeInState(db: Queryable): Promise<readonly StateTime[]> {
  const { rows } = await db.query<StateTime>(
    `select each.state, count(*)::int as tickets, avg(ms::bigint)::float8 as mean_ms
     from dispatch_read.operations o, jsonb_each_text(o.state_ms) as each (state, ms)
     group by each.state order by each.state`,
    [],
  );
  return rows;
}

/** Tickets past their deadline whose clock runs, as of `now`. Index (priority, sla_from) of running clocks. */
export async function countBreaches(
  db: Queryable,
  { now, target_minutes }: { readonly now: string; readonly target_minutes: Readonly<Record<string, number>> },
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select coalesce(sum(late.count), 0)::int as count
     from unnest($2::text[], $3::int[]) as t (priority, minutes) cross join lateral (
       select count(*) from dispatch_read.operations o
       where o.sla_clock = 'running' and o.priority = t.priority
         and o.sla_from < $1::timestamptz - make_interval(mins => t.minutes)
     ) late`,
    [now, Object.keys(target_minutes), Object.values(target_minutes)],
  );
  return rows[0]?.count ?? 0;
}

/** Tickets that have waited for their schedule since before this time. Index (state, last_transition_at). */
export async function countStuckScheduling(db: Queryable, before: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from dispatch_read.operations
     where state in ('READY_TO_SCHEDULE', 'SCHEDULE_PROPOSED') and last_transition_at < $1::timestamptz`,
    [before],
  );
  return rows[0]?.count ?? 0;
}

export interface DayThroughput {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly created: number;
  readonly closed: number;
  readonly cancelled: number;
}

/** Tickets opened, closed and cancelled a day since a time. Indexes on each of the three times. */
export async function throughputByDay(db: Queryable, since: string): Promise<readonly DayThroughput[]> {
  const each = (column: string) => `select (${column} at time zone 'UTC')::date as day, '${column}' as what
    from dispatch_read.operations where ${column} >= $1::timestamptz`;
  const { rows } = await db.query<DayThroughput>(
    `select to_char(day, 'YYYY-MM-DD') as day,
       count(*) filter (where what = 'created_at')::int as created,
       count(*) filter (where what = 'closed_at')::int as closed,
       count(*) filter (where what = 'cancelled_at')::int as cancelled
     from (${['created_at', 'closed_at', 'cancelled_at'].map(each).join(' union all ')}) days
     group by days.day order by days.day`,
    [since],
  );
  return rows;
}
