/** GET /ux/technician/job-packet/{id}, as far as the page shows it (contract, section 6). */
export interface PacketAnswer {
  readonly generated_at: string;
  readonly packet: Packet;
}

export interface Packet {
  readonly header: {
    readonly ticket_id: string;
    readonly priority: string;
    readonly incident_type: string | null;
    readonly current_state: string;
    readonly scheduled_window: { readonly start: string | null; readonly end: string | null };
    readonly assigned_tech_id: string | null;
  };
  readonly site_and_access: {
    readonly site_id: string;
    readonly site_name: string | null;
    readonly address: Address;
    readonly timezone: string | null;
    readonly access_instructions: string | null;
    readonly onsite_contact: null | {
      readonly name: string;
      readonly phone: string | null;
      readonly role: string | null;
    };
  };
  readonly work_scope: {
    readonly summary: string;
    readonly customer_description: string | null;
    readonly nte_cents: number;
    readonly authorized_scope_constraints: readonly string[];
  };
  readonly evidence_requirements: {
    readonly template_version: string | null;
    readonly required_evidence: readonly { readonly key: string; readonly present: boolean }[];
    readonly evidence_items: readonly EvidenceItem[];
  };
  readonly checklist: {
    readonly required_items: readonly { readonly key: string; readonly checked: boolean }[];
  };
  readonly closeout_gate: {
    readonly ready: boolean;
    readonly code: string | null;
    readonly template_version: string | null;
    readonly invalid_evidence_refs: readonly string[];
    readonly signature_satisfied: boolean;
    readonly no_signature_reason: string | null;
  };
  readonly timeline: { readonly latest_events: readonly TimelineEvent[] };
  readonly actions: readonly Action[];
}

export interface Address {
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postal_code: string | null;
  readonly country: string | null;
}

export interface EvidenceItem {
  readonly id: string;
  readonly kind: string;
  readonly uri: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly withdrawn: unknown;
  readonly created_by: unknown;
  readonly created_at: string;
}

export interface TimelineEvent {
  readonly id: string;
  readonly type: string;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly after_state: string;
  readonly created_at: string;
}

/** What the server says may be done, and why not. */
export interface Action {
  readonly tool_name: string;
  readonly endpoint: string;
  readonly enabled: boolean;
  readonly policy_error: PolicyError | null;
}

export interface PolicyError {
  readonly code: string;
  readonly message: string;
  readonly dimension?: string;
  readonly [detail: string]: unknown;
}

/** A row of the policy's tool table, from /ux/policy. */
export interface ToolRow {
  readonly tool_name: string;
  readonly endpoint: string;
  readonly from_states: readonly string[];
  readonly to_states?: readonly string[];
}

/** /ux/policy, as far as the packet asks it. */
export interface PolicyAnswer {
  readonly tools: readonly ToolRow[];
  readonly choices: {
    readonly hold_reason_codes: readonly string[];
    readonly approval_types: readonly string[];
  };
}

/** /ux/config */
export interface ConfigAnswer {
  readonly uploads: null | { readonly max_bytes: number; readonly content_types: readonly string[] };
}

/** Met by a signature, or by a reason why there is none (contract, section 5). */
export const SIGNATURE_KEY = 'signature_or_no_signature_reason';

export const packetPath = (ticketId: string): string => `/ux/technician/job-packet/${ticketId}`;
export const actionsPath = (ticketId: string): string => `/ux/tickets/${ticketId}/actions`;
