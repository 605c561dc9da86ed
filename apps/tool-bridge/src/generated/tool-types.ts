// Printed from the API's OpenAPI page: change the API, then print again with UPDATE_DOCS=1 npm test -- test/tools/page

export interface AddEvidence {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  /** PHOTO, NOTE, SIGNATURE or a word of your own */
  readonly kind: string;
  /** Whether it names an object of the store is checked at completion */
  readonly uri: string;
  readonly evidence_key?: string;
  readonly checksum?: string;
  readonly metadata?: { readonly [key: string]: unknown };
}

export interface CancelTicket {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly reason: string;
}

export interface CheckIn {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly timestamp: string;
  readonly location?: { readonly [key: string]: unknown };
}

export interface CloseTicket {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly reason?: string;
}

export interface Cockpit {
  readonly generated_at: string;
  readonly actor: {
    readonly actor_id: string;
    readonly actor_role: string;
    readonly actor_type: string;
    readonly tool_name: string;
  };
  readonly filters_applied: {
    readonly state?: readonly ('NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED')[];
    readonly priority?: readonly ('EMERGENCY' | 'URGENT' | 'ROUTINE')[];
    readonly account_id?: readonly string[];
    readonly site_id?: readonly string[];
    readonly assigned_tech_id?: readonly string[];
    readonly incident_type?: readonly string[];
    readonly sla_status?: readonly ('breach' | 'warning' | 'healthy')[];
  };
  readonly queue: readonly ({
    readonly ticket_id: string;
    readonly state: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED';
    readonly priority: 'EMERGENCY' | 'URGENT' | 'ROUTINE';
    readonly incident_type: string | null;
    readonly summary: string;
    readonly site: {
      readonly id: string;
      readonly name: string | null;
      readonly city: string | null;
      readonly region: string | null;
    };
    readonly assigned_tech: string | null;
    readonly scheduled_start: string | null;
    readonly last_update_at: string;
    readonly last_transition_at: string;
    readonly sla_target_minutes: number;
    readonly sla_deadline_at: string;
    readonly sla_timer_remaining_minutes: number;
    readonly sla_timer_remaining: string;
    readonly sla_status: 'breach' | 'warning' | 'healthy';
    readonly sla_clock: 'running' | 'paused' | 'stopped';
    readonly sla_delay_attribution: 'customer' | 'provider' | 'unknown';
    readonly actions: readonly ({
      readonly action_id: string;
      readonly tool_name: string;
      readonly endpoint: string;
      readonly method: 'GET' | 'POST';
      readonly mutating: boolean;
      readonly enabled: boolean;
      readonly policy_error: {
        readonly code: string;
        readonly message: string;
        readonly dimension: string;
        readonly [key: string]: unknown;
      } | null;
    })[];
  })[];
  readonly next_cursor: string | null;
  readonly counts: {
    readonly by_state: { readonly [key: string]: number };
    readonly by_sla_status: {
      readonly breach: number;
      readonly warning: number;
      readonly healthy: number;
    };
  };
  readonly selected_ticket: {
    readonly ticket: Ticket;
    readonly timeline: Timeline;
    readonly evidence_summary: {
      readonly total_items: number;
    };
  } | null;
}

export interface CompleteWork {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  /** Laid over the recorded checklist */
  readonly checklist_status: { readonly [key: string]: boolean };
  readonly no_signature_reason?: string;
  readonly evidence_refs?: readonly string[];
  readonly timestamp?: string;
  readonly completion_notes?: string;
  readonly signature_ref?: string;
  readonly labor_minutes?: number;
  readonly parts_used?: readonly { readonly [key: string]: unknown }[];
}

export interface ConfirmSchedule {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly start: string;
  readonly end: string;
}

export interface CreateTicket {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly account_id: string;
  /** A site of that account */
  readonly site_id: string;
  readonly summary: string;
  readonly asset_id?: string;
  readonly description?: string;
  /** Not to exceed; default 0 */
  readonly nte_cents?: number;
  readonly channel?: string;
  readonly requester_contact?: { readonly [key: string]: unknown };
  readonly attachments?: readonly { readonly [key: string]: unknown }[];
}

export interface DecideApproval {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly approval_id: string;
  readonly decision: 'APPROVED' | 'DENIED';
  readonly notes?: string;
}

export interface Dispatch {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly tech_id: string;
  readonly provider_id?: string;
  readonly notes?: string;
  readonly dispatch_mode?: 'SCHEDULED' | 'EMERGENCY_BYPASS';
  /** Needed with EMERGENCY_BYPASS */
  readonly reason?: string;
  readonly manager_confirmation?: ManagerConfirmation;
}

export interface Evidence {
  readonly id: string;
  readonly ticket_id: string;
  readonly kind: string;
  readonly uri: string;
  readonly checksum: string | null;
  readonly metadata: { readonly [key: string]: unknown };
  readonly withdrawn: boolean;
  readonly created_by: string;
  readonly created_at: string;
}

export interface EvidenceList {
  readonly ticket_id: string;
  readonly evidence: readonly Evidence[];
  readonly next_cursor: string | null;
}

export interface GenerateInvoice {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly line_items?: readonly InvoiceLine[];
  readonly external_ref?: string;
}

export interface HoldWork {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly reason_code: 'ACCESS_FAILURE' | 'PARTS_ORDERED' | 'SAFETY' | 'AWAITING_APPROVAL' | 'OTHER';
  readonly note: string;
}

export interface InvoiceLine {
  readonly description: string;
  readonly quantity: number;
  readonly unit_cents: number;
}

export interface JobPacket {
  readonly generated_at: string;
  readonly actor: {
    readonly actor_id: string;
    readonly actor_role: string;
    readonly actor_type: string;
    readonly tool_name: string;
  };
  readonly packet: {
    readonly header: {
      readonly ticket_id: string;
      readonly priority: 'EMERGENCY' | 'URGENT' | 'ROUTINE';
      readonly incident_type: string | null;
      readonly current_state: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED';
      readonly scheduled_window: {
        readonly start: string | null;
        readonly end: string | null;
      };
      readonly assigned_provider_id: string | null;
      readonly assigned_tech_id: string | null;
    };
    readonly site_and_access: {
      readonly site_id: string;
      readonly site_name: string | null;
      readonly address: {
        readonly address1: string | null;
        readonly address2: string | null;
        readonly city: string | null;
        readonly region: string | null;
        readonly postal_code: string | null;
        readonly country: string | null;
      };
      readonly timezone: string | null;
      readonly access_instructions: string | null;
      readonly onsite_contact: {
        readonly name: string;
        readonly phone: string | null;
        readonly role: string | null;
      } | null;
    };
    readonly work_scope: {
      readonly summary: string;
      readonly customer_description: string | null;
      readonly nte_cents: number;
      readonly authorized_scope_constraints: readonly string[];
    };
    readonly evidence_requirements: {
      readonly template_version: string | null;
      readonly required_evidence: readonly {
        readonly key: string;
        readonly present: boolean;
      }[];
      readonly evidence_items: readonly Evidence[];
    };
    readonly checklist: {
      readonly required_items: readonly {
        readonly key: string;
        readonly checked: boolean;
      }[];
      readonly source: 'recorded_checklist' | 'latest_completion_attempt' | 'none_recorded';
    };
    readonly closeout_gate: {
      readonly ready: boolean;
      readonly code: string | null;
      readonly incident_type: string | null;
      readonly template_version: string | null;
      readonly missing_evidence_keys: readonly string[];
      readonly missing_checklist_keys: readonly string[];
      readonly invalid_evidence_refs: readonly string[];
      readonly signature_satisfied: boolean;
      readonly no_signature_reason: string | null;
    };
    readonly timeline: {
      readonly events: readonly TimelineEntry[];
      readonly latest_events: readonly TimelineEntry[];
    };
    readonly actions: readonly ({
      readonly action_id: string;
      readonly tool_name: string;
      readonly endpoint: string;
      readonly method: 'GET' | 'POST';
      readonly mutating: boolean;
      readonly enabled: boolean;
      readonly policy_error: {
        readonly code: string;
        readonly message: string;
        readonly dimension: string;
        readonly [key: string]: unknown;
      } | null;
    })[];
  };
}

export interface ManagerConfirmation {
  /** Actor id of the manager */
  readonly manager_id: string;
  readonly note?: string;
}

export interface ProposeSchedule {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly options: readonly ScheduleOption[];
}

export interface Reassign {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly override_type: 'reassign_tech' | 'reassign_provider';
  readonly reason_code: 'capacity' | 'skill_mismatch' | 'customer_request' | 'safety' | 'other';
  readonly note: string;
  /** Needed with reassign_tech */
  readonly tech_id?: string;
  /** Needed with reassign_provider */
  readonly provider_id?: string;
}

export interface RecordChecklist {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly items: { readonly [key: string]: boolean };
  readonly no_signature_reason?: string;
}

export interface RequestChange {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly approval_type: 'NTE_INCREASE' | 'PROPOSAL';
  readonly reason: string;
  readonly amount_delta_cents?: number;
  readonly evidence_refs?: readonly string[];
}

export interface RequestInfo {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly missing_fields: readonly string[];
  readonly message?: string;
}

export interface Reschedule {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly reason: string;
  readonly requested_by: 'customer' | 'provider';
}

export interface ResumeWork {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  /** Another visit is needed: back to scheduling */
  readonly return_visit?: boolean;
  readonly note?: string;
}

export interface ScheduleOption {
  readonly start: string;
  readonly end: string;
}

export interface Ticket {
  readonly id: string;
  readonly account_id: string;
  readonly site_id: string;
  readonly asset_id: string | null;
  readonly state: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED';
  readonly priority: 'EMERGENCY' | 'URGENT' | 'ROUTINE';
  readonly incident_type: string | null;
  readonly summary: string;
  readonly description: string | null;
  readonly nte_cents: number;
  readonly currency: string;
  readonly risk_flags: readonly string[];
  readonly scheduled_start: string | null;
  readonly scheduled_end: string | null;
  readonly schedule_options: readonly {
    readonly start: string;
    readonly end: string;
  }[];
  readonly assigned_provider_id: string | null;
  readonly assigned_tech_id: string | null;
  readonly pending_approval: {
    readonly id: string;
    readonly status: 'PENDING';
    readonly approval_type: 'NTE_INCREASE' | 'PROPOSAL';
    readonly amount_delta_cents: number;
    readonly reason: string | null;
    readonly requested_at: string;
  } | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface TicketList {
  readonly tickets: readonly Ticket[];
  readonly next_cursor: string | null;
}

export interface TicketWithApproval {
  readonly ticket: Ticket;
  readonly approval: {
    readonly id: string;
    readonly status: 'PENDING';
    readonly approval_type: 'NTE_INCREASE' | 'PROPOSAL';
    readonly amount_delta_cents: number;
    readonly reason: string | null;
    readonly requested_at: string;
  };
}

export interface Timeline {
  readonly ticket_id: string;
  readonly events: readonly TimelineEntry[];
  readonly next_cursor: string | null;
}

export interface TimelineEntry {
  readonly id: string;
  readonly ticket_id: string;
  readonly sequence: number;
  readonly type: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly tool_name: string;
  readonly request_id: string;
  readonly correlation_id: string;
  readonly trace_id: string | null;
  readonly before_state: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED' | null;
  readonly after_state: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED';
  readonly transitions: readonly ({
    readonly from: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED' | null;
    readonly to: 'NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED';
  })[];
  readonly payload: { readonly [key: string]: unknown };
  readonly policy_version: string;
  readonly created_at: string;
}

export interface Triage {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly priority: 'EMERGENCY' | 'URGENT' | 'ROUTINE';
  /** Unknown types are accepted here and cannot be completed */
  readonly incident_type: string;
  readonly nte_cents?: number;
  readonly risk_flags?: readonly string[];
  readonly notes?: string;
  readonly workflow_outcome?: 'TRIAGED' | 'READY_TO_SCHEDULE' | 'APPROVAL_REQUIRED';
  readonly requires_approval?: boolean;
  readonly ready_to_schedule?: boolean;
  readonly approval_reason?: string;
  readonly approval_amount_delta_cents?: number;
}

export interface VerifyWork {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly timestamp: string;
  readonly result: 'PASS' | 'FAIL';
  /** Needed with FAIL */
  readonly notes?: string;
  /** With FAIL: work goes on */
  readonly return_to_work?: boolean;
}

export interface WithdrawEvidence {
  /** Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet */
  readonly expected_version?: number;
  readonly reason: string;
}

/** By tool: whether it acts on a ticket, what it takes, what it answers. */
export interface ToolTypes {
  'ticket.create': {
    readonly ticket: false;
    readonly payload: CreateTicket;
    readonly result: Ticket;
  };
  'ticket.request_info': {
    readonly ticket: true;
    readonly payload: RequestInfo;
    readonly result: Ticket;
  };
  'ticket.triage': {
    readonly ticket: true;
    readonly payload: Triage;
    readonly result: Ticket;
  };
  'schedule.propose': {
    readonly ticket: true;
    readonly payload: ProposeSchedule;
    readonly result: Ticket;
  };
  'schedule.confirm': {
    readonly ticket: true;
    readonly payload: ConfirmSchedule;
    readonly result: Ticket;
  };
  'schedule.reschedule': {
    readonly ticket: true;
    readonly payload: Reschedule;
    readonly result: Ticket;
  };
  'assignment.dispatch': {
    readonly ticket: true;
    readonly payload: Dispatch;
    readonly result: Ticket;
  };
  'assignment.reassign': {
    readonly ticket: true;
    readonly payload: Reassign;
    readonly result: Ticket;
  };
  'tech.check_in': {
    readonly ticket: true;
    readonly payload: CheckIn;
    readonly result: Ticket;
  };
  'tech.request_change': {
    readonly ticket: true;
    readonly payload: RequestChange;
    readonly result: TicketWithApproval;
  };
  'approval.decide': {
    readonly ticket: true;
    readonly payload: DecideApproval;
    readonly result: Ticket;
  };
  'work.hold': {
    readonly ticket: true;
    readonly payload: HoldWork;
    readonly result: Ticket;
  };
  'work.resume': {
    readonly ticket: true;
    readonly payload: ResumeWork;
    readonly result: Ticket;
  };
  'closeout.add_evidence': {
    readonly ticket: true;
    readonly payload: AddEvidence;
    readonly result: Evidence;
  };
  'closeout.withdraw_evidence': {
    readonly ticket: true;
    readonly payload: WithdrawEvidence & { readonly evidence_id: string };
    readonly result: Ticket;
  };
  'closeout.record_checklist': {
    readonly ticket: true;
    readonly payload: RecordChecklist;
    readonly result: Ticket;
  };
  'tech.complete': {
    readonly ticket: true;
    readonly payload: CompleteWork;
    readonly result: Ticket;
  };
  'qa.verify': {
    readonly ticket: true;
    readonly payload: VerifyWork;
    readonly result: Ticket;
  };
  'billing.generate_invoice': {
    readonly ticket: true;
    readonly payload: GenerateInvoice;
    readonly result: Ticket;
  };
  'ticket.close': {
    readonly ticket: true;
    readonly payload: CloseTicket;
    readonly result: Ticket;
  };
  'ticket.cancel': {
    readonly ticket: true;
    readonly payload: CancelTicket;
    readonly result: Ticket;
  };
  'ticket.get': {
    readonly ticket: true;
    readonly payload: {
      readonly as_of?: string;
    };
    readonly result: Ticket;
  };
  'ticket.list': {
    readonly ticket: false;
    readonly payload: {
      readonly state?: readonly ('NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED')[];
      readonly priority?: readonly ('EMERGENCY' | 'URGENT' | 'ROUTINE')[];
      readonly account_id?: readonly string[];
      readonly site_id?: readonly string[];
      readonly assigned_tech_id?: readonly string[];
      readonly incident_type?: readonly string[];
      readonly q?: string;
      readonly limit?: number;
      readonly cursor?: string;
    };
    readonly result: TicketList;
  };
  'ticket.timeline': {
    readonly ticket: true;
    readonly payload: {
      readonly limit?: number;
      readonly cursor?: string;
    };
    readonly result: Timeline;
  };
  'closeout.list_evidence': {
    readonly ticket: true;
    readonly payload: {
      readonly limit?: number;
      readonly cursor?: string;
    };
    readonly result: EvidenceList;
  };
  'dispatcher.cockpit': {
    readonly ticket: false;
    readonly payload: {
      readonly state?: readonly ('NEW' | 'NEEDS_INFO' | 'TRIAGED' | 'APPROVAL_REQUIRED' | 'READY_TO_SCHEDULE' | 'SCHEDULE_PROPOSED' | 'SCHEDULED' | 'DISPATCHED' | 'ON_SITE' | 'IN_PROGRESS' | 'ON_HOLD' | 'COMPLETED_PENDING_VERIFICATION' | 'VERIFIED' | 'INVOICED' | 'CLOSED' | 'CANCELLED')[];
      readonly priority?: readonly ('EMERGENCY' | 'URGENT' | 'ROUTINE')[];
      readonly account_id?: readonly string[];
      readonly site_id?: readonly string[];
      readonly assigned_tech_id?: readonly string[];
      readonly incident_type?: readonly string[];
      readonly sla_status?: readonly ('breach' | 'warning' | 'healthy')[];
      readonly ticket_id?: string;
      readonly limit?: number;
      readonly cursor?: string;
    };
    readonly result: Cockpit;
  };
  'tech.job_packet': {
    readonly ticket: true;
    readonly payload: Readonly<Record<string, never>>;
    readonly result: JobPacket;
  };
}
