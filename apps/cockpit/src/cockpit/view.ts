/** What of the queue is looked at: all of it stands in the address, so that a link shows the same. */
export interface View {
  readonly filters: Filters;
  readonly q: string;
  /** The ticket whose panel is open. */
  readonly ticket: string | undefined;
}

export type Filters = Readonly<Record<FilterName, readonly string[]>>;

export const FILTERS = [
  'sla_status',
  'state',
  'priority',
  'incident_type',
  'assigned_tech_id',
  'site_id',
  'account_id',
] as const;
export type FilterName = (typeof FILTERS)[number];

export const viewOf = (search: string): View => {
  const params = new URLSearchParams(search);
  return {
    filters: Object.fromEntries(FILTERS.map((name) => [name, valuesOf(params, name)])) as Record<FilterName, string[]>,
    q: params.get('q') ?? '',
    ticket: params.get('ticket') || undefined,
  };
};

/** The address of a view; the same view has one address alone. */
export function searchOf({ filters, q, ticket }: View): string {
  const params = new URLSearchParams(filterParams(filters));
  if (q) params.set('q', q);
  if (ticket) params.set('ticket', ticket);
  return params.toString().replaceAll('%2C', ',');
}

/** The filters as the service takes them: comma lists. */
export const filterParams = (filters: Filters): [string, string][] =>
  FILTERS.filter((name) => filters[name].length > 0).map((name) => [name, filters[name].join(',')]);

export const toggled = (filters: Filters, name: FilterName, value: string): Filters => ({
  ...filters,
  [name]: filters[name].includes(value)
    ? filters[name].filter((each) => each !== value)
    : [...filters[name], value].toSorted(),
});

export const isFiltered = ({ filters, q }: View): boolean =>
  q !== '' || FILTERS.some((name) => filters[name].length > 0);

const valuesOf = (params: URLSearchParams, name: string): string[] =>
  [...new Set(params.getAll(name).flatMap((text) => text.split(',')))].filter(Boolean).toSorted();

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The id of a ticket, where that is what was searched for. */
export const ticketIdOf = (q: string): string | undefined => (UUID.test(q.trim()) ? q.trim().toLowerCase() : undefined);

/** Whether every word is found in one of the texts. */
export function matches(q: string, texts: readonly (string | null | undefined)[]): boolean {
  const all = texts.join(' ').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
