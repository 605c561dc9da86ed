import {
  flag,
  integer,
  list,
  object,
  orNull,
  priority,
  ref,
  type SchemaObject,
  slaStatus,
  state,
  text,
  time,
  uuid,
  whole,
} from '../schema-words.js';
import { QUEUE_FILTERS } from './filters.js';

/** The values that each filter takes; what is not here is any text. */
export const filterSchemas: Readonly<Record<string, SchemaObject>> = {
  state,
  priority,
  sla_status: slaStatus,
  account_id: uuid,
  site_id: uuid,
  assigned_tech_id: uuid,
};

const actor = object({ actor_id: text, actor_role: text, actor_type: text, tool_name: text });

export const action = object({
  action_id: text,
  tool_name: text,
  endpoint: text,
  method: { type: 'string', enum: ['GET', 'POST'] },
  mutating: flag,
  enabled: flag,
  policy_error: orNull({
    type: 'object',
    properties: { code: text, message: text, dimension: text },
    required: ['code', 'message', 'dimension'],
    additionalProperties: true,
  }),
});

const queueRow = object({
  ticket_id: uuid,
  state,
  priority,
  incident_type: orNull(text),
  summary: text,
  site: object({ id: uuid, name: orNull(text), city: orNull(text), region: orNull(text) }),
  assigned_tech: orNull(uuid),
  scheduled_start: orNull(time),
  last_update_at: time,
  last_transition_at: time,
  sla_target_minutes: whole,
  sla_deadline_at: time,
  sla_timer_remaining_minutes: integer,
  sla_timer_remaining: { type: 'string', pattern: '^-?\\d{2,}:\\d{2}$' },
  sla_status: slaStatus,
  sla_clock: { type: 'string', enum: ['running', 'paused', 'stopped'] },
  sla_delay_attribution: { type: 'string', enum: ['customer', 'provider', 'unknown'] },
  actions: list(action),
});

const packet = object({
  header: object({
    ticket_id: uuid,
    priority,
    incident_type: orNull(text),
    current_state: state,
    scheduled_window: object({ start: orNull(time), end: orNull(time) }),
    assigned_provider_id: orNull(uuid),
    assigned_tech_id: orNull(uuid),
  }),
  site_and_access: object({
    site_id: uuid,
    site_name: orNull(text),
    address: object({
      address1: orNull(text),
      address2: orNull(text),
      city: orNull(text),
      region: orNull(text),
      postal_code: orNull(text),
      country: orNull(text),
    }),
    timezone: orNull(text),
    access_instructions: orNull(text),
    onsite_contact: orNull(object({ name: text, phone: orNull(text), role: orNull(text) })),
  }),
  work_scope: object({
    summary: text,
    customer_description: orNull(text),
    nte_cents: whole,
    authorized_scope_constraints: list(text),
  }),
  evidence_requirements: object({
    template_version: orNull(text),
    required_evidence: list(object({ key: text, present: flag })),
    evidence_items: list(ref('Evidence')),
  }),
  checklist: object({
    required_items: list(object({ key: text, checked: flag })),
    source: { type: 'string', enum: ['recorded_checklist', 'latest_completion_attempt', 'none_recorded'] },
  }),
  closeout_gate: object({
    ready: flag,
    code: orNull(text),
    incident_type: orNull(text),
    template_version: orNull(text),
    missing_evidence_keys: list(text),
    missing_checklist_keys: list(text),
    invalid_evidence_refs: list(text),
    signature_satisfied: flag,
    no_signature_reason: orNull(text),
  }),
  timeline: object({ events: list(ref('TimelineEntry')), latest_events: list(ref('TimelineEntry')) }),
  actions: list(action),
});

/** The shapes of answers from read models. */
export const readSchemas: Readonly<Record<string, SchemaObject>> = {
  TicketList: object({ tickets: list(ref('Ticket')), next_cursor: orNull(text) }),
  Cockpit: object({
    generated_at: time,
    actor,
    filters_applied: object(
      Object.fromEntries(QUEUE_FILTERS.map((name) => [name, list(filterSchemas[name] ?? text)])),
      QUEUE_FILTERS,
    ),
    queue: list(queueRow),
    next_cursor: orNull(text),
    counts: object({
      by_state: { type: 'object', additionalProperties: whole },
      by_sla_status: object({ breach: whole, warning: whole, healthy: whole }),
    }),
    selected_ticket: orNull(
      object({
        ticket: ref('Ticket'),
        timeline: ref('Timeline'),
        evidence_summary: object({ total_items: whole }),
      }),
    ),
  }),
  JobPacket: object({ generated_at: time, actor, packet }),
};
