import type { AccessCode } from '@dispatch/access';
import type { Refusals } from '@dispatch/commands';

/** Codes of the shell itself. */
type ShellCode =
  | 'INVALID_JSON'
  | 'PAYLOAD_TOO_LARGE'
  | 'FORBIDDEN'
  | 'TOOL_NOT_ALLOWED'
  | 'MISSING_IDEMPOTENCY_KEY'
  | 'INVALID_IDEMPOTENCY_KEY'
  | 'INVALID_QUERY'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'RATE_LIMITED'
  | 'EVENT_NOT_FOUND'
  | 'CHECKPOINT_NOT_FOUND'
  | 'UPLOADS_NOT_AVAILABLE'
  | 'UPLOAD_MISMATCH'
  | 'ADDRESS_NOT_SIGNED'
  | 'EVIDENCE_NOT_STORED'
  | 'READ_MODEL_BEHIND'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_ERROR';

export type ErrorCode = AccessCode | keyof Refusals | ShellCode;

/** The only place where a code meets HTTP. A new code without a row does not compile. */
export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  INVALID_JSON: 400,
  PAYLOAD_TOO_LARGE: 413,
  AUTH_REQUIRED: 401,
  INVALID_AUTH_TOKEN: 401,
  INVALID_AUTH_CLAIMS: 401,
  MISSING_ACTOR_CONTEXT: 400,
  INVALID_ACTOR_CONTEXT: 400,
  FORBIDDEN: 403,
  TOOL_NOT_ALLOWED: 403,
  FORBIDDEN_SCOPE: 403,
  MISSING_IDEMPOTENCY_KEY: 400,
  INVALID_IDEMPOTENCY_KEY: 400,
  IDEMPOTENCY_PAYLOAD_MISMATCH: 409,
  INVALID_TICKET_ID: 400,
  INVALID_REQUEST: 400,
  INVALID_QUERY: 400,
  TICKET_NOT_FOUND: 404,
  APPROVAL_NOT_FOUND: 404,
  EVIDENCE_NOT_FOUND: 404,
  ACCOUNT_NOT_FOUND: 409,
  SITE_NOT_FOUND: 409,
  TECHNICIAN_NOT_FOUND: 409,
  SITE_ACCOUNT_MISMATCH: 409,
  VERSION_CONFLICT: 409,
  INVALID_STATE_TRANSITION: 409,
  APPROVAL_NOT_PENDING: 409,
  SCHEDULE_OPTION_NOT_PROPOSED: 409,
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: 409,
  MANAGER_CONFIRMATION_REQUIRED: 409,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RATE_LIMITED: 429,
  EVENT_NOT_FOUND: 404,
  CHECKPOINT_NOT_FOUND: 404,
  UPLOADS_NOT_AVAILABLE: 404,
  UPLOAD_MISMATCH: 400,
  ADDRESS_NOT_SIGNED: 403,
  EVIDENCE_NOT_STORED: 404,
  READ_MODEL_BEHIND: 503,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_ERROR: 500,
};

/** What a person reads where nothing more exact is known. */
export const messages: Readonly<Record<keyof Refusals, string>> = {
  INVALID_TICKET_ID: 'The id in the path is not a UUID',
  INVALID_REQUEST: 'The body is not valid',
  TICKET_NOT_FOUND: 'There is no such ticket',
  FORBIDDEN_SCOPE: 'The target is outside the scope of this actor',
  VERSION_CONFLICT: 'The ticket has another version than expected',
  IDEMPOTENCY_PAYLOAD_MISMATCH: 'The Idempotency-Key was already used on this endpoint with other content',
  INVALID_STATE_TRANSITION: 'The tool is not available in the present state of the ticket',
  APPROVAL_NOT_FOUND: 'The ticket has no such approval',
  APPROVAL_NOT_PENDING: 'The approval has already been decided',
  SCHEDULE_OPTION_NOT_PROPOSED: 'The window is not one of the proposed options',
  EVIDENCE_NOT_FOUND: 'The ticket has no such evidence, or it was withdrawn',
  ACCOUNT_NOT_FOUND: 'The directory has no such account',
  SITE_NOT_FOUND: 'The directory has no such site',
  TECHNICIAN_NOT_FOUND: 'The directory has no such technician',
  SITE_ACCOUNT_MISMATCH: 'The site belongs to another account',
  MANAGER_CONFIRMATION_REQUIRED: "An emergency bypass needs a manager's confirmation",
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: 'The closeout lacks what the incident type requires',
};

/** What kind of rule refused: the policy dimension of CONTRACT section 3. */
export const dimensions: Readonly<Partial<Record<ErrorCode, 'role' | 'tool' | 'state' | 'scope' | 'evidence'>>> = {
  FORBIDDEN: 'role',
  TOOL_NOT_ALLOWED: 'tool',
  INVALID_STATE_TRANSITION: 'state',
  FORBIDDEN_SCOPE: 'scope',
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: 'evidence',
};
