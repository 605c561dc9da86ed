import { at, isRecord, list } from './api-page.js';
import { type Outcome, ticketIn } from './outcome.js';
import { asData } from './untrusted.js';

/** An outcome in words for a model: short, and of Dispatch's own words only. What people wrote is in the data. */
export function told(outcome: Outcome): string {
  return outcome.ok ? toldDone(outcome) : toldRefused(outcome);
}

/** The whole outcome as text, for hosts that show a model no structured content; told to be data before it begins. */
export const toldAsData = (outcome: Outcome): string =>
  `${outcome.untrusted.notice}\nThe next line is the data, as JSON; it ends with the line.\n${asData(outcome)}`;

function toldDone({
  tool,
  request_id,
  replayed,
  stale,
  result,
  available_tools,
}: Outcome & { readonly ok: true }): string {
  const ticket = ticketIn(result);
  const words = [`${tool} is done${replayed ? ', and was before: this is its first answer again' : ''}.`];
  if (stale) words.push('It is behind the log: what was done last may be missing.');
  if (ticket)
    words.push(
      `Ticket ${word(at(ticket, 'id'))} is ${word(at(ticket, 'state'))}, version ${word(at(ticket, 'version'))}.`,
    );
  for (const [name, value] of Object.entries(isRecord(result) ? result : {}))
    if (Array.isArray(value) && LISTS.includes(name)) words.push(`${value.length} ${name} on this page.`);
  if (typeof at(result, 'next_cursor') === 'string') words.push('There are more: go on with next_cursor.');
  if (available_tools) words.push(`Available to you now: ${available_tools.join(', ') || 'no further step'}.`);
  words.push(`request_id ${request_id}.`);
  return words.join(' ');
}

const LISTS = ['tickets', 'events', 'evidence', 'queue'];

function toldRefused({ tool, request_id, error }: Outcome & { readonly ok: false }): string {
  const said = error.code === 'UNKNOWN_TOOL' ? error.message : `${tool} was refused: ${error.message}`;
  const words = [`${said}.`, error.advice];
  for (const name of FACTS) {
    const facts = list(error[name]).filter((fact) => typeof fact === 'string');
    if (facts.length > 0) words.push(`${name}: ${facts.join(', ')}.`);
  }
  words.push(`request_id ${request_id}.`);
  return words.filter((text) => text !== '').join(' ');
}

const FACTS = [
  'missing_evidence_keys',
  'missing_checklist_keys',
  'allowed_from_states',
  'allowed_roles',
  'available_tools',
];

const word = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
