import type { Scope } from '../sql.js';

/** In the order of the queue. */
export const SLA_STATUSES = ['breach', 'warning', 'healthy'] as const;
export type SlaStatus = (typeof SLA_STATUSES)[number];

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
