import type { Policy } from '@dispatch/policy';
import type { QueueRow } from '@dispatch/projections';
import type { Ticket } from '@dispatch/ticket';
import type { Action } from './actions.js';

/** A row of the queue as the contract shows it. */
export function queueBody(row: QueueRow, state: Ticket['state'], policy: Policy, actions: readonly Action[]) {
  return {
    ticket_id: row.ticket_id,
    state: row.state,
    priority: row.priority,
    incident_type: row.incident_type,
    summary: row.summary,
    site: { id: row.site_id, name: row.site_name, city: row.site_city, region: row.site_region },
    assigned_tech: row.assigned_tech_id,
    scheduled_start: row.scheduled_start,
    last_update_at: row.updated_at,
    last_transition_at: row.last_transition_at,
    sla_target_minutes: row.sla_target_minutes,
    sla_deadline_at: row.sla_deadline_at,
    sla_timer_remaining_minutes: row.sla_timer_remaining_minutes,
    sla_timer_remaining: hoursAndMinutes(row.sla_timer_remaining_minutes),
    sla_status: row.sla_status,
    sla_clock: row.sla_clock,
    sla_delay_attribution: policy.lifecycle.delayAttribution[state],
    actions,
  };
}

/** `HH:MM`, with a minus sign once the deadline is past; more than two digits of hours where they are needed. */
export function hoursAndMinutes(minutes: number): string {
  const whole = Math.abs(minutes);
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : ''}${digits(Math.floor(whole / 60))}:${digits(whole % 60)}`;
}
