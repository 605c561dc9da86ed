import type { Refused } from '../api/call.js';
import type { Entry } from '../outbox/entry.js';
import { SIGNATURE_KEY } from './packet.js';
import { ended, listOf } from '../ui/sentences.js';
import { anyOf, inWords } from '../ui/words.js';
import { promptOf } from './words.js';

/** What somebody did, as a list names it. */
export function titleOf({ tool, body }: Pick<Entry, 'tool' | 'body'>): string {
  if (tool === 'closeout.add_evidence') {
    const key = typeof body.evidence_key === 'string' ? body.evidence_key : undefined;
    if (body.kind === 'SIGNATURE' || key === SIGNATURE_KEY) return 'Signature';
    const kind = inWords(typeof body.kind === 'string' ? body.kind : 'evidence');
    return key ? `${kind}: ${promptOf(key).title}` : kind;
  }
  if (tool === 'closeout.record_checklist' && typeof body.no_signature_reason === 'string')
    return 'Reason for no signature';
  return TITLES[tool] ?? inWords(tool.split('.').at(-1) ?? tool);
}

const TITLES: Readonly<Record<string, string>> = {
  'tech.check_in': 'Check in',
  'tech.request_change': 'Change request',
  'tech.complete': 'Completion of the work',
  'work.hold': 'Hold',
  'work.resume': 'Resume',
  'closeout.record_checklist': 'Checklist',
  'closeout.withdraw_evidence': 'Withdrawal of evidence',
};

interface Said {
  readonly code: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** A refusal as a sentence for whoever stands at the door; the code is shown beside it. */
export function sentenceOf(refusal: Said): string {
  return SENTENCES[refusal.code]?.(refusal) ?? ended(refusal.message);
}

const SENTENCES: Readonly<Record<string, (refusal: Said) => string>> = {
  INVALID_STATE_TRANSITION: ({ from_state, allowed_from_states }) => {
    const now = typeof from_state === 'string' ? `The job is “${inWords(from_state)}” now` : 'The job has moved on';
    const states = listOf(allowed_from_states).map((state) => `“${inWords(state)}”`);
    return states.length > 0 && states.length <= 3
      ? `${now}; this is possible while it is ${anyOf(states)}.`
      : `${now}; this is not possible then.`;
  },
  CLOSEOUT_REQUIREMENTS_INCOMPLETE: ({ missing_evidence_keys, missing_checklist_keys, invalid_evidence_refs }) => {
    const keys = [...listOf(missing_evidence_keys), ...listOf(missing_checklist_keys)];
    const missing = keys.map((key) =>
      key === SIGNATURE_KEY ? 'signature or a reason for none' : lower(promptOf(key).title),
    );
    if (listOf(invalid_evidence_refs).length > 0) missing.push('evidence that can be found in the store');
    return missing.length > 0 ? `The closeout still lacks: ${missing.join(', ')}.` : 'The closeout is not complete.';
  },
  FORBIDDEN: () => 'Your role may not do this.',
  FORBIDDEN_SCOPE: ({ scope_field }) =>
    scope_field === 'technician_id'
      ? 'This job is assigned to another technician.'
      : 'This job is outside of what you may see.',
  TICKET_NOT_FOUND: () => 'There is no such job.',
  INVALID_TICKET_ID: () => 'This is not the number of a job.',
  UPLOADS_NOT_AVAILABLE: () => 'This service takes no files.',
  EVIDENCE_NOT_FOUND: () => 'This evidence is no longer attached.',
};

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** An answer of the service, as a sentence takes it. */
export const saidBy = ({ code, message, details }: Pick<Refused, 'code' | 'message' | 'details'>): Said => ({
  ...details,
  code,
  message,
});
