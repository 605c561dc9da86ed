import type { Scope, TicketFilters } from '../sql.js';

/** In the order of the queue. */
export const SLA_STATUSES = ['breach', 'warning', 'healthy'] as const;
export type SlaStatus = (typeof SLA_STATUSES)[number];

/** Without a filter on states CLOSED and CANCELLED are left out. */
export interface QueueFilters extends TicketFilters {
  readonly sla_status?: readonly SlaStatus[] | undefined;
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
