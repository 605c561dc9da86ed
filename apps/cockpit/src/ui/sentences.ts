import { anyOf, inWords } from './words.js';

/** What the service said of a refusal: its code, and the details beside it. */
export interface Said {
  readonly code: string;
  readonly message?: string | undefined;
  readonly [detail: string]: unknown;
}

/** A refusal as a sentence that a dispatcher can act on. The code is shown beside it, for support. */
export const sentenceOf = (said: Said): string => SENTENCES[said.code]?.(said) ?? ended(said.message);

const SENTENCES: Readonly<Record<string, (said: Said) => string>> = {
  AUTH_REQUIRED: () => 'You are not signed in. Sign in and try again.',
  INVALID_AUTH_TOKEN: () => 'Your sign-in is not valid. Sign in again with a new token.',
  INVALID_AUTH_CLAIMS: () => 'Your sign-in has expired or is not meant for this service. Sign in again.',
  MISSING_ACTOR_CONTEXT: () => 'You are not signed in. Sign in and try again.',
  INVALID_ACTOR_CONTEXT: () => 'The scope of your sign-in is not valid.',
  FORBIDDEN: () => 'Your role may not do this.',
  TOOL_NOT_ALLOWED: () => 'Your role may not do this.',
  FORBIDDEN_SCOPE: ({ scope_field }) =>
    scope_field === 'technician_id'
      ? 'This ticket is assigned to another technician.'
      : 'This ticket belongs to an account or site outside of your scope.',
  IDEMPOTENCY_PAYLOAD_MISMATCH: () => 'This form was sent before with other content. Close it and open it again.',
  INVALID_REQUEST: () => 'Some of what you entered cannot be taken. See the fields marked below.',
  INVALID_QUERY: () => 'This filter is not known to the service. Clear the filters and try again.',
  INVALID_TICKET_ID: () => 'This is not the id of a ticket.',
  TICKET_NOT_FOUND: () => 'There is no such ticket.',
  APPROVAL_NOT_FOUND: () => 'There is no such approval.',
  EVIDENCE_NOT_FOUND: () => 'This evidence is not attached to the ticket.',
  ACCOUNT_NOT_FOUND: () => 'The directory holds no such account.',
  SITE_NOT_FOUND: () => 'The directory holds no such site.',
  TECHNICIAN_NOT_FOUND: () => 'The directory holds no such technician.',
  SITE_ACCOUNT_MISMATCH: () => 'This site belongs to another account.',
  VERSION_CONFLICT: () =>
    'Somebody changed this ticket while you were working. Nothing of yours was done; your input is kept.',
  INVALID_STATE_TRANSITION: ({ from_state, allowed_from_states }) => {
    const now = typeof from_state === 'string' ? `The ticket is “${inWords(from_state)}”` : 'The ticket has moved on';
    const states = listOf(allowed_from_states).map((state) => `“${inWords(state)}”`);
    return states.length > 0 && states.length <= 4
      ? `${now}; this is possible while it is ${anyOf(states)}.`
      : `${now}; this is not possible then.`;
  },
  APPROVAL_NOT_PENDING: () => 'This approval has been decided already.',
  SCHEDULE_OPTION_NOT_PROPOSED: () => 'This time was not among those proposed.',
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: (said) => {
    if (said.requirement_code === 'TEMPLATE_NOT_FOUND')
      return 'There is no closeout template for this incident type; triage the ticket with a known type.';
    const missing = [...listOf(said.missing_evidence_keys), ...listOf(said.missing_checklist_keys)].map((key) =>
      inWords(key).toLowerCase(),
    );
    if (listOf(said.invalid_evidence_refs).length > 0) missing.push('evidence that can be found in the store');
    return missing.length > 0 ? `The closeout still lacks: ${missing.join(', ')}.` : 'The closeout is not complete.';
  },
  MANAGER_CONFIRMATION_REQUIRED: () => 'An emergency bypass needs the confirmation of a manager.',
  UPLOADS_NOT_AVAILABLE: () => 'This service keeps no files.',
  RATE_LIMITED: () => 'Too many requests in a short time. Wait a moment and try again.',
  READ_MODEL_BEHIND: () => 'The queue has not caught up yet. Try again in a moment.',
  INTERNAL_ERROR: () => 'Something went wrong in the service. Tell support the code and reference.',
  PAYLOAD_TOO_LARGE: () => 'This is too large to be sent.',
  UNREACHABLE: () => 'The service does not answer. Nothing you entered is lost; try again in a moment.',
};

/** The texts of a list that a refusal carries; none where it carries no list. */
export const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** What the service said, as a sentence that ends. */
export function ended(message: string | undefined): string {
  const text = message?.trim() || 'The service refused this';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
