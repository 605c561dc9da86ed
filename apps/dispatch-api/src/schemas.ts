import { APPROVAL_TYPES } from '@dispatch/ticket';
import { auditSchemas } from './audit/bodies.js';
import { pageSchemas } from './pages/schemas.js';
import { evidenceSchemas } from './evidence/bodies.js';
import { readSchemas } from './reads/read-schemas.js';
import {
  flag,
  list,
  object,
  open,
  orNull,
  priority,
  ref,
  type SchemaObject,
  state,
  text,
  time,
  uuid,
  whole,
} from './schema-words.js';

const approval = object({
  id: uuid,
  status: { type: 'string', enum: ['PENDING'] },
  approval_type: { type: 'string', enum: [...APPROVAL_TYPES] },
  amount_delta_cents: whole,
  reason: orNull(text),
  requested_at: time,
});

/** The shapes of answers, as the OpenAPI page shows them. The contract suite holds every real answer against them. */
export const schemas: Readonly<Record<string, SchemaObject>> = {
  ...readSchemas,
  ...auditSchemas,
  ...pageSchemas,
  ...evidenceSchemas,
  Ticket: object({
    id: uuid,
    account_id: uuid,
    site_id: uuid,
    asset_id: orNull(uuid),
    state,
    priority,
    incident_type: orNull(text),
    summary: text,
    description: orNull(text),
    nte_cents: whole,
    currency: text,
    risk_flags: list(text),
    scheduled_start: orNull(time),
    scheduled_end: orNull(time),
    schedule_options: list(object({ start: time, end: time })),
    assigned_provider_id: orNull(uuid),
    assigned_tech_id: orNull(uuid),
    pending_approval: orNull(approval),
    version: whole,
    created_at: time,
    updated_at: time,
  }),
  TicketWithApproval: object({ ticket: ref('Ticket'), approval }),
  Evidence: object({
    id: uuid,
    ticket_id: uuid,
    kind: text,
    uri: text,
    checksum: orNull(text),
    metadata: open,
    withdrawn: flag,
    created_by: text,
    created_at: time,
  }),
  EvidenceList: object({ ticket_id: uuid, evidence: list(ref('Evidence')), next_cursor: orNull(text) }),
  TimelineEntry: object({
    id: uuid,
    ticket_id: uuid,
    sequence: whole,
    type: text,
    actor_type: text,
    actor_id: text,
    actor_role: text,
    tool_name: text,
    request_id: uuid,
    correlation_id: text,
    trace_id: orNull(text),
    before_state: orNull(state),
    after_state: state,
    transitions: list(object({ from: orNull(state), to: state })),
    payload: open,
    policy_version: text,
    created_at: time,
  }),
  Timeline: object({ ticket_id: uuid, events: list(ref('TimelineEntry')), next_cursor: orNull(text) }),
  Account: object({ id: uuid, name: text, version: whole, created_at: time, updated_at: time }),
  Site: object({
    id: uuid,
    account_id: uuid,
    name: text,
    address1: text,
    address2: orNull(text),
    city: text,
    region: orNull(text),
    postal_code: orNull(text),
    country: text,
    timezone: text,
    access_instructions: orNull(text),
    contacts: list(open),
    version: whole,
    created_at: time,
    updated_at: time,
  }),
  Technician: object({
    id: uuid,
    name: text,
    skills: list(text),
    provider_id: orNull(uuid),
    active: flag,
    version: whole,
    created_at: time,
    updated_at: time,
  }),
  AccountList: object({ accounts: list(ref('Account')), next_cursor: orNull(text) }),
  SiteList: object({ sites: list(ref('Site')), next_cursor: orNull(text) }),
  TechnicianList: object({ technicians: list(ref('Technician')), next_cursor: orNull(text) }),
  Error: object({
    error: {
      type: 'object',
      properties: {
        code: text,
        message: text,
        request_id: orNull(uuid),
        policy_error: { type: 'object', properties: { dimension: text }, required: ['dimension'] },
      },
      required: ['code', 'message', 'request_id'],
      additionalProperties: true,
    },
  }),
};

/** What a tool answers when it succeeds. */
export const answerOf = (tool: string): { readonly status: 200 | 201; readonly schema: string } => {
  if (tool === 'ticket.create') return { status: 201, schema: 'Ticket' };
  if (tool === 'closeout.add_evidence') return { status: 201, schema: 'Evidence' };
  return { status: 200, schema: tool === 'tech.request_change' ? 'TicketWithApproval' : 'Ticket' };
};
