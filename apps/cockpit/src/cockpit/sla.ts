import type { QueueRow } from '../api/answers.js';
import type { SlaStatus } from '../ui/badge.js';

const MINUTE = 60_000;

export interface Remaining {
  /** Milliseconds to the deadline, negative after it; undefined where a ticket has none. */
  readonly ms: number | undefined;
  readonly status: SlaStatus | undefined;
}

type Clock = Pick<QueueRow, 'sla_deadline_at' | 'sla_clock' | 'sla_timer_remaining_minutes' | 'sla_status'>;

/**
 * What is left at `now`, by the service's clock. A clock that is paused or stopped shows what the service last said.
 *
 * @param warningMinutes from the policy: at so many whole minutes, and below, it warns
 */
export function remainingOf(row: Clock, now: number, warningMinutes: number): Remaining {
  if (row.sla_clock === 'running' && row.sla_deadline_at) {
    const ms = Date.parse(row.sla_deadline_at) - now;
    const minutes = Math.floor(ms / MINUTE);
    return { ms, status: minutes < 0 ? 'breach' : minutes <= warningMinutes ? 'warning' : 'healthy' };
  }
  const minutes = row.sla_timer_remaining_minutes;
  return { ms: minutes === null ? undefined : minutes * MINUTE, status: row.sla_status ?? undefined };
}

/** `4m 09s`, `3h 05m`, `2d 04h`; with a minus once the deadline has passed. */
export function remainingText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const sign = ms < 0 ? '−' : '';
  if (days >= 2) return `${sign}${days}d ${two(hours % 24)}h`;
  if (hours >= 1) return `${sign}${hours}h ${two(minutes % 60)}m`;
  return `${sign}${minutes}m ${two(seconds % 60)}s`;
}

const two = (n: number) => String(n).padStart(2, '0');
