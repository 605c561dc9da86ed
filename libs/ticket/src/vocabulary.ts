/** The contract's vocabulary (section 1). Lists are the source; the unions follow from them. */
export const STATES = [
  'NEW',
  'NEEDS_INFO',
  'TRIAGED',
  'APPROVAL_REQUIRED',
  'READY_TO_SCHEDULE',
  'SCHEDULE_PROPOSED',
  'SCHEDULED',
  'DISPATCHED',
  'ON_SITE',
  'IN_PROGRESS',
  'ON_HOLD',
  'COMPLETED_PENDING_VERIFICATION',
  'VERIFIED',
  'INVOICED',
  'CLOSED',
  'CANCELLED',
] as const;
export type State = (typeof STATES)[number];

export const PRIORITIES = ['EMERGENCY', 'URGENT', 'ROUTINE'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const ACTOR_TYPES = ['HUMAN', 'AGENT', 'SERVICE', 'SYSTEM'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

export const TRIAGE_OUTCOMES = ['TRIAGED', 'READY_TO_SCHEDULE', 'APPROVAL_REQUIRED'] as const;
export type TriageOutcome = (typeof TRIAGE_OUTCOMES)[number];

export const REQUESTERS = ['customer', 'provider'] as const;
export const DISPATCH_MODES = ['SCHEDULED', 'EMERGENCY_BYPASS'] as const;
export type DispatchMode = (typeof DISPATCH_MODES)[number];
export const OVERRIDE_TYPES = ['reassign_tech', 'reassign_provider'] as const;
export const REASSIGN_REASONS = ['capacity', 'skill_mismatch', 'customer_request', 'safety', 'other'] as const;
export const HOLD_REASONS = ['ACCESS_FAILURE', 'PARTS_ORDERED', 'SAFETY', 'AWAITING_APPROVAL', 'OTHER'] as const;
export const APPROVAL_TYPES = ['NTE_INCREASE', 'PROPOSAL'] as const;
export type ApprovalType = (typeof APPROVAL_TYPES)[number];
export const APPROVAL_DECISIONS = ['APPROVED', 'DENIED'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];
export const QA_RESULTS = ['PASS', 'FAIL'] as const;
