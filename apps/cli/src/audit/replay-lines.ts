import type { Change, Replayed, Step } from '@dispatch/audit';
import type { Json } from '@dispatch/event-store';
import { printable } from './printable.js';

/** A ticket's history for people: a block a step, and where it left the ticket. */
export function replayLines(ticketId: string, { steps, ticket }: Replayed): string[] {
  return [
    `ticket ${ticketId}`,
    ...steps.flatMap((step) => ['', ...stepLines(step)]),
    '',
    ticket ? `After version ${ticket.version}: ${ticket.state}` : 'Nothing yet',
  ].map(printable);
}

function stepLines({ version, at, type, by, states, changes, facts }: Step): string[] {
  const { actor, tool, policyVersion } = by;
  const told = new Set(changes.map(({ field }) => field));
  const passed = states.length > 1 ? states.map((state) => state ?? '(none)').join(' → ') : `stays ${states[0]}`;
  return [
    `${version}  ${at}  ${type}  ${passed}`,
    `   by ${actor.id}, ${actor.role} (${actor.type}), with ${tool} under policy ${short(policyVersion)}`,
    ...changes.map((change) => `   ${changed(change)}`),
    ...Object.entries(facts)
      .filter(([name, value]) => WORDS.has(name) && !told.has(name) && value !== null)
      .map(([name, value]) => `   ${name}: ${shown(value)}`),
  ];
}

/** Facts that no field of the ticket shows. */
const WORDS = new Set([
  'reason',
  'reason_code',
  'requested_by',
  'note',
  'notes',
  'message',
  'missing_fields',
  'mode',
  'confirmed_by',
  'arrived_at',
  'completed_at',
  'inspected_at',
  'template_version',
  'total_cents',
  'external_ref',
]);

const changed = ({ field, from, to }: Change): string =>
  from === null ? `${field}: ${shown(to)}` : `${field}: ${shown(from)} → ${shown(to)}`;

const SHOWN = 240;

function shown(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** As much of a fingerprint as tells two apart. */
export const short = (version: string): string => version.slice(0, 'sha256:'.length + 12);
