/** What the pages read of the service's answers (contract, section 6, and the routes of the pages). */
export interface Config {
  readonly version: string;
  readonly development_headers: boolean;
  readonly roles: readonly string[];
  readonly runbooks_url?: string;
}

export interface Me {
  readonly actor_id: string;
  readonly actor_type: string;
  readonly actor_role: string;
  readonly technician_id: string | null;
  readonly expires_at: string | null;
  readonly tools: readonly string[];
}

export interface PagePolicy {
  readonly states: readonly string[];
  readonly priorities: readonly string[];
  readonly sla: { readonly warning_minutes: number };
  readonly tools: readonly {
    readonly tool_name: string;
    readonly title: string;
    readonly to_states: readonly string[];
  }[];
  readonly templates: readonly { readonly incident_type: string }[];
  readonly emergency_bypass: { readonly manager_confirmation_required: boolean };
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

export interface PolicyError {
  readonly code: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

export interface Action {
  readonly action_id: string;
  readonly tool_name: string;
  readonly endpoint: string;
  readonly method: string;
  readonly mutating: boolean;
  readonly enabled: boolean;
  readonly policy_error: PolicyError | null;
}

export interface TicketActions {
  readonly ticket_id: string;
  readonly version: number;
  readonly state: string;
  readonly actions: readonly Action[];
}

export interface Slot {
  readonly start: string;
  readonly end: string;
}

export interface Ticket {
  readonly id: string;
  readonly account_id: string;
  readonly site_id: string;
  readonly state: string;
  readonly priority: string;
  readonly incident_type: string | null;
  readonly summary: string;
  readonly description: string | null;
  readonly nte_cents: number;
  readonly currency: string;
  readonly risk_flags: readonly string[];
  readonly scheduled_start: string | null;
  readonly scheduled_end: string | null;
  readonly schedule_options: readonly Slot[] | null;
  readonly assigned_provider_id: string | null;
  readonly assigned_tech_id: string | null;
  readonly pending_approval: null | {
    readonly id: string;
    readonly approval_type: string;
    readonly amount_delta_cents: number | null;
    readonly reason: string | null;
    readonly requested_at: string;
  };
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface TimelineEvent {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly tool_name: string;
  readonly before_state: string | null;
  readonly after_state: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly request?: Readonly<Record<string, unknown>> };
  readonly created_at: string;
}

export interface Evidence {
  readonly id: string;
  readonly kind: string;
  readonly uri: string;
  readonly checksum: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly withdrawn: unknown;
  readonly created_by: unknown;
  readonly created_at: string;
}

export interface Site {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly address1: string;
  readonly city: string;
  readonly region: string | null;
  readonly timezone: string;
}

export interface Technician {
  readonly id: string;
  readonly name: string;
  readonly skills: readonly string[];
  readonly active: boolean;
}

/** A row of the dispatcher's queue. */
export interface QueueRow {
  readonly ticket_id: string;
  readonly state: string;
  readonly priority: string;
  readonly incident_type: string | null;
  readonly summary: string;
  readonly site: null | { readonly id: string; readonly name: string | null; readonly city: string | null };
  readonly assigned_tech: null | string | { readonly id: string; readonly name?: string | null };
  readonly scheduled_start: string | null;
  readonly last_update_at: string;
  readonly sla_deadline_at: string | null;
  readonly sla_timer_remaining_minutes: number | null;
  readonly sla_status: 'breach' | 'warning' | 'healthy' | null;
  readonly sla_clock: 'running' | 'paused' | 'stopped' | null;
}

export interface QueuePage {
  readonly generated_at: string;
  readonly queue: readonly QueueRow[];
  readonly next_cursor: string | null;
  readonly counts: {
    readonly by_state: Readonly<Record<string, number>>;
    readonly by_sla_status: Readonly<Record<string, number>>;
  };
}
