import { instant, keyOf, type Page, pageOf, type Queryable, type Scope, Values } from '../sql.js';

export type SlaStatus = 'breach' | 'warning' | 'healthy';

export interface QueueFilters {
  /** Without it CLOSED and CANCELLED are left out. */
  readonly state?: readonly string[] | undefined;
  readonly priority?: readonly string[] | undefined;
  readonly sla_status?: readonly SlaStatus[] | undefined;
  readonly account_id?: readonly string[] | undefined;
  readonly site_id?: readonly string[] | undefined;
  readonly assigned_tech_id?: readonly string[] | undefined;
  readonly incident_type?: readonly string[] | undefined;
}

/** The policy in force when the queue is read: a new target moves every deadline at once. */
export interface SlaTargets {
  /** Minutes from the SLA base, by priority, most urgent first. */
  readonly target_minutes: Readonly<Record<string, number>>;
  readonly warning_minutes: number;
}

export interface QueueReading {
  readonly filters: QueueFilters;
  readonly scope: Scope;
  readonly sla: SlaTargets;
  /** RFC 3339. The pages after the first are read as of the first: its time is in the cursor. */
  readonly now: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

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

const STATUS = (minutes: string, warning: string) =>
  `case when ${minutes} < 0 then 'breach' when ${minutes} <= ${warning} then 'warning' else 'healthy' end`;

/** The parts of a statement over the queue that its filters, scope, time and targets make. */
function parts(values: Values, { filters, scope, sla }: QueueReading, at: string) {
  const { state, priority, sla_status, account_id, site_id, assigned_tech_id, incident_type } = filters;
  const now = `${values.add(at)}::timestamptz`;
  const warning = `${values.add(sla.warning_minutes)}::int`;
  const names = values.add(Object.keys(sla.target_minutes));
  const minutes = values.add(Object.values(sla.target_minutes));
  const remaining = `floor(t.minutes - extract(epoch from coalesce(q.sla_at, ${now}) - q.sla_from) / 60)::int`;
  const status = STATUS(remaining, warning);
  const where = [
    ...values.among({ 'q.state': state, 'q.priority': priority, account_id, site_id, assigned_tech_id, incident_type }),
    ...values.scope(scope),
    ...(state ? [] : [`q.state not in ('CLOSED', 'CANCELLED')`]),
    ...(sla_status ? [`${status} = any(${values.add(sla_status)})`] : []),
  ];
  const targets = `unnest(${names}::text[], ${minutes}::int[]) with ordinality as t (priority, minutes, rank)`;
  return { now, warning, remaining, status, where, targets };
}

/**
 * One page in the order of the contract, over the whole queue.
 *
 * Breach, warning and healthy follow from the time that is left, and among running clocks of one priority less time
 * is left where `sla_from` is older. So each priority gives its first rows by the index (priority, sla_from) of
 * running clocks, up to a minute past the last that the page can need (rows of one whole minute are ordered by
 * more than their time); paused ones, few, are all read; stopped ones only when the others do not fill the page.
 */
export async function readQueue(db: Queryable, reading: QueueReading): Promise<QueuePage> {
  const { limit, cursor } = reading;
  const key =
    cursor === undefined ? undefined : keyOf(cursor, ['instant', 'integer', 'integer', 'integer', 'instant', 'text']);
  const as_of = typeof key?.[0] === 'string' ? key[0] : reading.now;
  const values = new Values();
  const { now, warning, remaining, where, targets } = parts(values, reading, as_of);
  const most = values.add(limit + 1);
  const group = `(q.sla_clock = 'stopped')::int`;
  const lower: string[] = [];
  if (key) {
    const [stopped, left, rank, updated, id] = key.slice(1).map((part) => values.add(part));
    where.push(`(${group}, ${remaining}, t.rank) >= (${stopped}::int, ${left}::int, ${rank}::bigint)
      and ((${group}, ${remaining}, t.rank) > (${stopped}::int, ${left}::int, ${rank}::bigint)
        or q.updated_at < ${updated}::timestamptz
        or (q.updated_at = ${updated}::timestamptz and q.ticket_id > ${id}))`);
    lower.push(`(${stopped}::int = 1 or q.sla_from >= ${now} + make_interval(mins => ${left}::int - t.minutes))`);
  }
  const conditions = ['true', ...where].join(' and ');
  const running = [`q.sla_clock = 'running' and q.priority = t.priority`, ...lower, conditions].join(' and ');
  const columns = `q.*, t.minutes, t.rank, ${remaining} as remaining`;
  const { rows } = await db.query<QueueRow>(
    `with live as materialized (
       select found.* from ${targets} cross join lateral (
         select ${columns} from dispatch_read.cockpit_queue q where ${running} and q.sla_from < coalesce(
           (select q.sla_from from dispatch_read.cockpit_queue q where ${running}
            order by q.sla_from offset ${most}::int - 1 limit 1) + interval '1 minute', 'infinity')
       ) found
       union all
       select ${columns} from dispatch_read.cockpit_queue q join ${targets} on t.priority = q.priority
       where q.sla_clock = 'paused' and ${conditions}
     ), queue as (
       select * from live
       union all
       select ${columns} from dispatch_read.cockpit_queue q join ${targets} on t.priority = q.priority
       where q.sla_clock = 'stopped' and (select count(*) from live) < ${most} and ${conditions}
     ), page as (
       select * from queue
       order by (sla_clock = 'stopped'), remaining, rank, updated_at desc, ticket_id limit ${most}
     )
     select p.ticket_id, p.account_id, p.state, p.priority, p.incident_type, p.summary, p.site_id,
       s.name as site_name, s.entity ->> 'city' as site_city, s.entity ->> 'region' as site_region,
       p.assigned_tech_id, ${instant('p.scheduled_start')} as scheduled_start, ${instant('p.updated_at')} as updated_at,
       ${instant('p.last_transition_at')} as last_transition_at, p.minutes as sla_target_minutes,
       ${instant(`(p.sla_from + make_interval(mins => p.minutes)
         + case p.sla_clock when 'paused' then ${now} - p.sla_at else interval '0' end)`)} as sla_deadline_at,
       p.remaining as sla_timer_remaining_minutes, ${STATUS('p.remaining', warning)} as sla_status, p.sla_clock,
       p.stale or coalesce(s.stale, false) as stale, p.rank::int as priority_rank
     from page p left join dispatch_read.directory s on s.kind = 'site' and s.id = p.site_id
     order by (p.sla_clock = 'stopped'), p.remaining, p.rank, p.updated_at desc, p.ticket_id`,
    values.list,
  );
  const page = pageOf(rows, limit, (row) => [
    as_of,
    row.sla_clock === 'stopped' ? 1 : 0,
    row.sla_timer_remaining_minutes,
    row.priority_rank,
    row.updated_at,
    row.ticket_id,
  ]);
  return { ...page, as_of };
}

/** How many rows the filters leave, whatever the page. One pass over what the filters leave: no index orders it. */
export async function countQueue(db: Queryable, reading: QueueReading): Promise<QueueCounts> {
  const values = new Values();
  const { status, where, targets } = parts(values, reading, reading.now);
  const { rows } = await db.query<{ state: string; status: SlaStatus; count: number }>(
    `select q.state, ${status} as status, count(*)::int as count
     from dispatch_read.cockpit_queue q join ${targets} on t.priority = q.priority
     where ${['true', ...where].join(' and ')} group by 1, 2 order by 1`,
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
