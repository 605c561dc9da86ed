import { STATES } from '@dispatch/ticket';
import { action } from '../reads/read-schemas.js';
import {
  flag,
  integer,
  list,
  object,
  open,
  orNull,
  type SchemaObject,
  state,
  text,
  time,
  uuid,
  whole,
} from '../schema-words.js';

const scope: SchemaObject = { oneOf: [{ type: 'string', enum: ['*'] }, list(uuid)] };

/** The shapes of what the pages are told. */
export const pageSchemas: Readonly<Record<string, SchemaObject>> = {
  PageConfig: object({
    service: text,
    version: text,
    development_headers: flag,
    roles: list(text),
    runbooks_url: orNull(text),
    uploads: orNull(object({ max_bytes: whole, content_types: list(text) })),
  }),
  Me: object({
    actor_id: text,
    actor_type: text,
    actor_role: text,
    account_scope: scope,
    site_scope: scope,
    technician_id: orNull(uuid),
    expires_at: orNull(time),
    tools: list(text),
  }),
  PagePolicy: object({
    policy_version: text,
    states: list(state),
    priorities: list(text),
    sla: object({ target_minutes: open, warning_minutes: integer }),
    tools: list(
      object({
        tool_name: text,
        title: text,
        method: text,
        endpoint: text,
        roles: list(text),
        mutating: flag,
        from_states: list(state),
        to_states: list(state),
      }),
    ),
    templates: list(
      object({
        incident_type: text,
        template_version: text,
        required_evidence: list(text),
        required_checklist: list(text),
      }),
    ),
    emergency_bypass: object({ manager_confirmation_required: flag }),
    choices: open,
  }),
  TicketActions: object({
    ticket_id: uuid,
    version: whole,
    state: { type: 'string', enum: [...STATES] },
    actions: list(action),
  }),
};
