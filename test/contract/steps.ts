import { WINDOW } from '../support/tickets.js';
import type { Step } from './life.js';

// The steps that lives are made of, each with what it changes about the ticket.

export const to =
  (state: string, more: object = {}) =>
  () => ({ state, ...more });

export const TRIAGE: Step = {
  tool: 'ticket.triage',
  changes: to('TRIAGED', { priority: 'EMERGENCY', incident_type: 'CANNOT_SECURE_ENTRY' }),
};
export const READY: Step = {
  tool: 'ticket.triage',
  body: () => ({ priority: 'URGENT', incident_type: ' door_wont_latch ', nte_cents: 5_000, ready_to_schedule: true }),
  changes: to('READY_TO_SCHEDULE', { priority: 'URGENT', incident_type: 'DOOR_WONT_LATCH', nte_cents: 5_000 }),
};
export const PROPOSE: Step = {
  tool: 'schedule.propose',
  changes: to('SCHEDULE_PROPOSED', {
    scheduled_start: WINDOW.start,
    scheduled_end: WINDOW.end,
    schedule_options: [WINDOW],
  }),
};
export const CONFIRM: Step = { tool: 'schedule.confirm', as: 'customer', changes: to('SCHEDULED') };
export const RELEASED = {
  scheduled_start: null,
  scheduled_end: null,
  schedule_options: [],
  assigned_tech_id: null,
  assigned_provider_id: null,
};
export const DISPATCH: Step = {
  tool: 'assignment.dispatch',
  changes: ({ techId }) => ({ state: 'DISPATCHED', assigned_tech_id: techId }),
};
export const CHECK_IN: Step = { tool: 'tech.check_in', changes: to('IN_PROGRESS') };
export const REQUEST_CHANGE: Step = {
  tool: 'tech.request_change',
  changes: ({ approvalId }, now) => ({ state: 'APPROVAL_REQUIRED', pending_approval: pending(approvalId, now) }),
};
export const APPROVE: Step = {
  tool: 'approval.decide',
  body: ({ approvalId }) => ({ approval_id: approvalId }),
  changes: to('IN_PROGRESS', { nte_cents: 500, pending_approval: null }),
};
export const COMPLETE: Step = { tool: 'tech.complete', changes: to('COMPLETED_PENDING_VERIFICATION') };
export const VERIFY: Step = { tool: 'qa.verify', changes: to('VERIFIED') };
export const FAIL: Step['body'] = () => ({ result: 'FAIL', notes: 'the latch still slips' });

export const pending = (id: string, now: string) => ({
  id,
  status: 'PENDING',
  approval_type: 'NTE_INCREASE',
  amount_delta_cents: 500,
  reason: 'the lock case is broken',
  requested_at: now,
});
