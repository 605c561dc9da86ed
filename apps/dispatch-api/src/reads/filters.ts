import { PRIORITIES, parseUuid, STATES } from '@dispatch/ticket';
import type { QueueFilters, TicketFilters } from '@dispatch/projections';
import { invalid, textsOf } from '../query.js';
import type { DispatchRequest } from '../request.js';

/** The filters of each list, which may be repeated or hold comma lists. */
export const TICKET_FILTERS: readonly string[] = [
  'state',
  'priority',
  'account_id',
  'site_id',
  'assigned_tech_id',
  'incident_type',
];
export const QUEUE_FILTERS: readonly string[] = [...TICKET_FILTERS, 'sla_status'];

/** @throws INVALID_QUERY that names the filter */
export const ticketFilters = (request: DispatchRequest): TicketFilters => ({
  state: filter(request, 'state', among(STATES)),
  priority: filter(request, 'priority', among(PRIORITIES)),
  account_id: filter(request, 'account_id', parseUuid),
  site_id: filter(request, 'site_id', parseUuid),
  assigned_tech_id: filter(request, 'assigned_tech_id', parseUuid),
  incident_type: filter(request, 'incident_type', incidentType),
});

/** @throws INVALID_QUERY that names the filter */
export const queueFilters = (request: DispatchRequest): QueueFilters => ({
  ...ticketFilters(request),
  sla_status: filter(request, 'sla_status', among(['breach', 'warning', 'healthy'])),
});

/** `parse` gives a value in the form that rows have it, and undefined for what no row can have. */
function filter<Value extends string>(
  request: DispatchRequest,
  name: string,
  parse: (text: string) => Value | undefined,
): readonly Value[] | undefined {
  const texts = textsOf(request, name);
  if (texts.length === 0) return undefined;
  const values = texts.map((text) => {
    const value = parse(text);
    if (value === undefined) throw invalid(name, 'holds a value that it does not take');
    return value;
  });
  return [...new Set(values)];
}

const among =
  <const Word extends string>(words: readonly Word[]) =>
  (text: string): Word | undefined =>
    words.find((word) => word === text);

/** Incident types are open words, kept in upper case. */
const incidentType = (text: string): string | undefined =>
  isText(text.trim(), 200) ? text.trim().toUpperCase() : undefined;

/** Words to search for. */
export function searchOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!isText(text.trim(), 200)) throw invalid('q', 'must have 1 to 200 characters');
  return text.trim();
}

/** Without what no column of text holds. */
const isText = (text: string, most: number): boolean =>
  text.length > 0 && text.length <= most && !/\p{Cc}/u.test(text) && text.isWellFormed();
