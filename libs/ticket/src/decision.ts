import type { TicketEvent, TicketEvents, TicketEventType } from './events.js';
import type { Uuid } from './kernel.js';
import type { State } from './vocabulary.js';

/** All refusals that the domain and the policy know, by the contract's code, each with its details. */
export interface Rejections {
  INVALID_STATE_TRANSITION: {
    from_state: State | null;
    to_state: State;
    allowed_from_states?: readonly State[];
    available_tools?: readonly string[];
  };
  APPROVAL_NOT_FOUND: { approval_id: Uuid };
  APPROVAL_NOT_PENDING: { approval_id: Uuid; status: string };
  SCHEDULE_OPTION_NOT_PROPOSED: { start: string; end: string };
  EVIDENCE_NOT_FOUND: { evidence_id: Uuid };
  ACCOUNT_NOT_FOUND: { account_id: Uuid };
  SITE_NOT_FOUND: { site_id: Uuid };
  SITE_ACCOUNT_MISMATCH: { site_id: Uuid; account_id: Uuid };
  TECHNICIAN_NOT_FOUND: { technician_id: Uuid };
  MANAGER_CONFIRMATION_REQUIRED: { policy: 'emergency_bypass' };
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: CloseoutGap;
}

/** Why a closeout does not hold (CONTRACT section 5). Lists are sorted. */
export interface CloseoutGap {
  requirement_code:
    | 'TEMPLATE_NOT_FOUND'
    | 'MISSING_SIGNATURE_CONFIRMATION'
    | 'INVALID_EVIDENCE_REFERENCE'
    | 'MISSING_EVIDENCE'
    | 'MISSING_CHECKLIST'
    | 'MISSING_REQUIREMENTS';
  incident_type: string | null;
  template_version: string | null;
  missing_evidence_keys: readonly string[];
  missing_checklist_keys: readonly string[];
  invalid_evidence_refs: readonly string[];
}

export type Rejection<C extends keyof Rejections = keyof Rejections> = {
  [K in C]: { readonly code: K; readonly details: Rejections[K] };
}[C];

/** What a rule answers: one event, or one refusal. Never a throw for a business reason. */
export type Decision = { readonly event: TicketEvent } | { readonly rejection: Rejection };

export function accept<N extends TicketEventType>(type: N, data: TicketEvents[N]): Decision {
  return { event: { type, data } as TicketEvent };
}

export function reject<C extends keyof Rejections>(code: C, details: Rejections[C]): Decision {
  return { rejection: { code, details } as Rejection };
}
