import type { Fact } from '@dispatch/projection';
import type { Priority, State, TicketEvent } from '@dispatch/ticket';

/** The state of a ticket and its SLA clock, without the policy's targets: those are laid on when it is read. */
export interface Clocked {
  readonly state: State;
  readonly priority: Priority;
  readonly scheduled_start: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  /** When the present state was entered. */
  readonly last_transition_at: string;
  readonly sla_clock: 'running' | 'paused' | 'stopped';
  /** Milliseconds of holds that have ended. */
  readonly held_ms: number;
  /** The SLA base moved by the ended holds: the deadline is this plus the target of the priority. */
  readonly sla_from: string;
  /** Where a clock that does not run stands; null while it runs. */
  readonly sla_at: string | null;
}

const STOPPED: ReadonlySet<string> = new Set<State>([
  'COMPLETED_PENDING_VERIFICATION',
  'VERIFIED',
  'INVOICED',
  'CLOSED',
  'CANCELLED',
]);

export const opened = ({ at }: Fact<TicketEvent>): Clocked => ({
  state: 'NEW',
  priority: 'ROUTINE',
  scheduled_start: null,
  created_at: at,
  updated_at: at,
  last_transition_at: at,
  sla_clock: 'running',
  held_ms: 0,
  sla_from: at,
  sla_at: null,
});

/**
 * After one more event. The hold that ends moves the deadline; a stop does not: a ticket that returns to work has
 * the deadline that it had, and the clock reads as if it had never stopped.
 */
export function advanced(row: Clocked, { event, at }: Fact<TicketEvent>): Clocked {
  const state = stateAfter(row.state, event);
  const scheduled_start = startAfter(row.scheduled_start, event);
  const clock = clockOf(state);
  const holdEnds = row.sla_clock === 'paused' && clock !== 'paused' && row.sla_at !== null;
  const held_ms = row.held_ms + (holdEnds && row.sla_at !== null ? Date.parse(at) - Date.parse(row.sla_at) : 0);
  return {
    state,
    priority: event.type === 'TicketTriaged' ? event.data.priority : row.priority,
    scheduled_start,
    created_at: row.created_at,
    updated_at: at,
    last_transition_at: state === row.state ? row.last_transition_at : at,
    sla_clock: clock,
    held_ms,
    sla_from:
      scheduled_start === row.scheduled_start && held_ms === row.held_ms
        ? row.sla_from
        : new Date(Date.parse(scheduled_start ?? row.created_at) + held_ms).toISOString(),
    sla_at: clock === 'running' ? null : clock === row.sla_clock ? row.sla_at : at,
  };
}

/** The clock follows from the state alone. */
export const clockOf = (state: string): Clocked['sla_clock'] =>
  STOPPED.has(state) ? 'stopped' : state === 'ON_HOLD' ? 'paused' : 'running';

function startAfter(before: string | null, event: TicketEvent): string | null {
  if (event.type === 'ScheduleProposed') return event.data.options[0]?.start ?? null;
  if (event.type === 'ScheduleConfirmed') return event.data.window.start;
  return event.type === 'ScheduleReleased' ? null : before;
}

function stateAfter(before: State, event: TicketEvent): State {
  switch (event.type) {
    case 'TicketCreated':
      return 'NEW';
    case 'InfoRequested':
      return 'NEEDS_INFO';
    case 'ScheduleProposed':
      return 'SCHEDULE_PROPOSED';
    case 'ScheduleConfirmed':
      return 'SCHEDULED';
    case 'ScheduleReleased':
      return 'READY_TO_SCHEDULE';
    case 'TechnicianDispatched':
      return 'DISPATCHED';
    case 'TechnicianCheckedIn':
      return 'IN_PROGRESS';
    case 'ChangeRequested':
      return 'APPROVAL_REQUIRED';
    case 'WorkHeld':
      return 'ON_HOLD';
    case 'WorkCompleted':
      return 'COMPLETED_PENDING_VERIFICATION';
    case 'WorkVerified':
      return 'VERIFIED';
    case 'InvoiceGenerated':
      return 'INVOICED';
    case 'TicketClosed':
      return 'CLOSED';
    case 'TicketCancelled':
      return 'CANCELLED';
    case 'TicketTriaged':
    case 'ApprovalDecided':
    case 'WorkResumed':
    case 'VerificationFailed':
      return event.data.outcome;
    case 'AssignmentChanged':
    case 'EvidenceAdded':
    case 'EvidenceWithdrawn':
    case 'ChecklistRecorded':
      return before;
  }
}
