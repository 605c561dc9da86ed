import { instantOf, STATES } from '@dispatch/ticket';
import { epochMs, keyOf, type Page, pageOf, type Queryable, Values } from '../sql.js';
import { type Lane, lanesOf, MINUTE_MS } from './lanes.js';
import type { QueueReading, SlaStatus } from './reading.js';

export type { QueueFilters, QueueReading, SlaStatus, SlaTargets } from './reading.js';

export interface QueueRow {
  readonly ticket_id: string;
  readonly account_id: string;
  readonly state: string;
  readonly priority: string;
  readonly incident_type: string | null;
  readonly summary: string;
  readonly site_id: string;
  /** Null where the directory does not state the site. */
  readonly site_name: string | null;
  readonly site_city: string | null;
  readonly site_region: string | null;
  readonly assigned_tech_id: string | null;
  readonly scheduled_start: string | null;
  readonly updated_at: string;
  readonly last_transition_at: string;
  readonly sla_target_minutes: number;
  /** The deadline as if a hold that lasts had ended at `now`. */
  readonly sla_deadline_at: string;
  readonly sla_timer_remaining_minutes: number;
  readonly sla_status: SlaStatus;
  readonly sla_clock: 'running' | 'paused' | 'stopped';
  readonly stale: boolean;
  readonly priority_rank: number;
}

export interface QueuePage extends Page<QueueRow> {
  /** When the rows' clocks were read. */
  readonly as_of: string;
}

export interface QueueCounts {
  readonly by_state: Readonly<Record<string, number>>;
  readonly by_sla_status: Readonly<Record<SlaStatus, number>>;
}

/** The states of a queue without a filter on it. */
const OPEN = STATES.filter((state) => state !== 'CLOSED' && state !== 'CANCELLED');

interface StoredRow
  extends Pick<
    QueueRow,
    | 'ticket_id'
    | 'account_id'
    | 'state'
    | 'priority'
    | 'incident_type'
    | 'summary'
    | 'site_id'
    | 'site_name'
    | 'site_city'
    | 'site_region'
    | 'assigned_tech_id'
    | 'sla_clock'
    | 'stale'
  > {
  /** Epoch milliseconds, as all times here: to format them costs less in this process than in SQL. */
  readonly scheduled_start: number | null;
  readonly updated_at: number;
  readonly last_transition_at: number;
  readonly sla_from: number;
  readonly left_ms: number;
  readonly remaining: number;
  readonly rank: number;
}

function shown(
  { sla_from, left_ms, remaining, rank, ...row }: StoredRow,
  { sla }: QueueReading,
  as_of: string,
): QueueRow {
  const target = sla.target_minutes[row.priority] ?? 0;
  const deadline = target * MINUTE_MS + (row.sla_clock === 'paused' ? Date.parse(as_of) + left_ms : sla_from);
  return {
    ...row,
    scheduled_start: row.scheduled_start === null ? null : instantOf(row.scheduled_start),
    updated_at: instantOf(row.updated_at),
    last_transition_at: instantOf(row.last_transition_at),
    sla_target_minutes: target,
    sla_deadline_at: instantOf(deadline),
    sla_timer_remaining_minutes: remaining,
    sla_status: remaining < 0 ? 'breach' : remaining <= sla.warning_minutes ? 'warning' : 'healthy',
    priority_rank: rank,
  };
}

/** The filters that the lanes leave to be asked of each row. */
function beside({ filters, scope }: Pick<QueueReading, 'filters' | 'scope'>, values: Values): string[] {
  const { account_id, site_id, assigned_tech_id, incident_type } = filters;
  return [...values.among({ account_id, site_id, assigned_tech_id, incident_type }), ...values.scope(scope)];
}

/** Lanes as a table `l`. */
function laneTable(values: Values, lanes: readonly Lane[]): string {
  const column = (of: keyof Lane, type: string) => `${values.add(lanes.map((lane) => lane[of]))}::${type}[]`;
  return `unnest(${column('name', 'text')}, ${column('priority', 'text')}, ${column('rank', 'int')}, ${column('stopped', 'int')},
    ${column('shift', 'bigint')}, ${column('low', 'bigint')}, ${column('beyond', 'bigint')}, ${column('high', 'bigint')},
    ${column('status', 'text')}) as l (name, priority, rank, stopped, shift, low, beyond, high, status)`;
}

/** As many accounts are taken to hold few of all tickets. */
const FEW_ACCOUNTS = 4;

/**
 * Whether the filters beside the lanes leave so few rows that all of them are read and put in order. Lanes stay quick
 * whatever share of the tickets many accounts have, since their indexes hold the account.
 */
function isNarrow({ filters, scope }: Pick<QueueReading, 'filters' | 'scope'>): boolean {
  const { account_id, site_id, assigned_tech_id } = filters;
  if (site_id || assigned_tech_id || scope.site_ids !== '*') return true;
  return [account_id, scope.account_ids].some((ids) => Array.isArray(ids) && ids.length <= FEW_ACCOUNTS);
}

const few = (values: Values, states: readonly string[], others: readonly string[]): string =>
  `select * from dispatch_read.cockpit_queue q
   where ${[...values.among({ 'q.state': states }), ...others].join(' and ')}`;

const WITHIN = 'q.priority = l.priority and q.left_ms >= l.low and q.left_ms < l.high';
const IN_LANE = {
  byState: `q.state = l.name and ${WITHIN}`,
  // The words of the index's own condition.
  byClock: `q.sla_clock = l.name and q.state not in ('CLOSED', 'CANCELLED') and ${WITHIN}`,
};

const REMAINING = 'floor((q.left_ms + l.shift) / 60000::float8)::int';

/** Pieces of the statement for a page. */
interface PageParts {
  readonly l: string;
  readonly inLane: string;
  readonly others: readonly string[];
  /** That a row comes after the cursor. */
  readonly after: string;
  readonly most: string;
}

const ORDER = 'stopped, remaining, rank, updated_at desc, ticket_id';

/** The page out of few rows, all of which are read. */
const fromFew = ({ l, inLane, after, most }: PageParts, rows: string): string =>
  `with few as materialized (${rows}),
       page as (
         select q.*, l.stopped, l.rank, ${REMAINING} as remaining from few q join ${l} on ${inLane} and ${after}
         order by ${ORDER} limit ${most}
       )`;

/**
 * The page out of its lanes. First where it ends: the time left of its last row, from the indexes alone where no
 * other filter is asked. Then the rows up to the end of that minute, since those of one whole minute are ordered by
 * more than their time.
 */
const fromLanes = ({ l, inLane, others, after, most }: PageParts): string =>
  `with l as materialized (select * from ${l}),
       edge as materialized (
         select stopped, left_ms from (
           select l.stopped, found.left_ms + l.shift as left_ms from l cross join lateral (
             select q.left_ms from dispatch_read.cockpit_queue q
             where ${[inLane, 'q.left_ms >= l.beyond', ...others].join(' and ')} order by q.left_ms limit ${most}
           ) found
         ) first order by stopped, left_ms offset ${most}::int - 1 limit 1
       ),
       page as (
         select q.*, l.stopped, l.rank
         from l left join edge on true cross join lateral (
           select q.*, ${REMAINING} as remaining from dispatch_read.cockpit_queue q
           where ${[inLane, ...others, after].join(' and ')} and q.left_ms < case
             when edge.stopped is null or l.stopped < edge.stopped then l.high
             when l.stopped = edge.stopped then (floor(edge.left_ms / 60000::float8)::bigint + 1) * 60000 - l.shift
             else l.low end
           -- One range of the index after another, whatever the planner thinks of their number.
           offset 0
         ) q
         order by ${ORDER} limit ${most}
       )`;

/**
 * One page in the order of the contract, over the whole queue, which is read by lanes: each a range of one index in
 * which least time left comes first (lanes.ts). Index (sla_clock, priority, left_ms), or (state, priority, left_ms)
 * where states are named, or the one on account, site or technician where that leaves few.
 */
export async function readQueue(db: Queryable, reading: QueueReading): Promise<QueuePage> {
  const { limit, cursor, filters } = reading;
  const key =
    cursor === undefined ? undefined : keyOf(cursor, ['instant', 'integer', 'integer', 'integer', 'instant', 'text']);
  const as_of = typeof key?.[0] === 'string' ? key[0] : reading.now;
  const start = key && { stopped: Number(key[1]), minutes: Number(key[2]) };
  const lanes = lanesOf(reading, Date.parse(as_of), { start });
  const values = new Values();
  const l = laneTable(values, lanes);
  const most = values.add(limit + 1);
  const others = beside(reading, values);
  const inLane = filters.state ? IN_LANE.byState : IN_LANE.byClock;
  let after = 'true';
  if (key) {
    const [stopped, left, rank, updated, id] = key.slice(1).map((part) => values.add(part));
    after = `(l.stopped, ${REMAINING}, l.rank) >= (${stopped}::int, ${left}::int, ${rank}::int)
      and ((l.stopped, ${REMAINING}, l.rank) > (${stopped}::int, ${left}::int, ${rank}::int)
        or q.updated_at < ${updated}::timestamptz
        or (q.updated_at = ${updated}::timestamptz and q.ticket_id > ${id}))`;
  }
  const page = { l, inLane, others, after, most };
  const found = isNarrow(reading) ? fromFew(page, few(values, filters.state ?? OPEN, others)) : fromLanes(page);
  const { rows } = await db.query<StoredRow>(
    `${found}
     select p.ticket_id, p.account_id, p.state, p.priority, p.incident_type, p.summary, p.site_id,
       s.name as site_name, s.city as site_city, s.region as site_region,
       p.assigned_tech_id, ${epochMs('p.scheduled_start')} as scheduled_start, ${epochMs('p.updated_at')} as updated_at,
       ${epochMs('p.last_transition_at')} as last_transition_at, ${epochMs('p.sla_from')} as sla_from,
       p.remaining, p.rank, p.sla_clock, p.left_ms::float8 as left_ms, p.stale or coalesce(s.stale, false) as stale
     from page p left join lateral (
       select name, entity ->> 'city' as city, entity ->> 'region' as region, stale
       from dispatch_read.directory where kind = 'site' and id = p.site_id offset 0
     ) s on true
     order by p.stopped, p.remaining, p.rank, p.updated_at desc, p.ticket_id`,
    values.list,
  );
  const answer = pageOf(
    rows.map((row) => shown(row, reading, as_of)),
    limit,
    (row) => [
      as_of,
      row.sla_clock === 'stopped' ? 1 : 0,
      row.sla_timer_remaining_minutes,
      row.priority_rank,
      row.updated_at,
      row.ticket_id,
    ],
  );
  return { ...answer, as_of };
}

/**
 * How many rows the filters leave, whatever the page. Nothing but the index (state, priority, left_ms) is read, lane by
 * lane; with filters on account, site or technician each row that they leave is.
 */
export async function countQueue(db: Queryable, reading: QueueReading): Promise<QueueCounts> {
  const { scope, sla, now } = reading;
  const filters = { ...reading.filters, state: reading.filters.state ?? OPEN };
  const values = new Values();
  const l = laneTable(values, lanesOf({ filters, sla }, Date.parse(now), { apart: true }));
  const others = beside({ filters, scope }, values);
  const inLane = IN_LANE.byState;
  const { rows } = await db.query<{ state: string; status: SlaStatus; count: number }>(
    isNarrow(reading)
      ? `with few as materialized (${few(values, filters.state, others)})
         select q.state, l.status, count(*)::int as count from few q join ${l} on ${inLane} group by 1, 2 order by 1`
      : `select l.name as state, l.status, found.count from ${l} cross join lateral (
           select count(*)::int as count from dispatch_read.cockpit_queue q where ${[inLane, ...others].join(' and ')}
         ) found where found.count > 0 order by 1`,
    values.list,
  );
  const by_state: Record<string, number> = {};
  const by_sla_status = { breach: 0, warning: 0, healthy: 0 };
  for (const { state, status, count } of rows) {
    by_state[state] = (by_state[state] ?? 0) + count;
    by_sla_status[status] += count;
  }
  return { by_state, by_sla_status };
}
