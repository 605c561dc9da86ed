import type { Ticket } from '@dispatch/ticket';
import { instant, keyOf, type Page, pageOf, type Queryable, type Scope, type TicketFilters, Values } from '../sql.js';

export interface TicketListing {
  readonly filters: TicketFilters;
  /** Words to be found in summary or description as they stand there, in any case. */
  readonly q?: string | undefined;
  readonly scope: Scope;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ListedTicket {
  readonly id: string;
  readonly updated_at: string;
  readonly stale: boolean;
  readonly ticket: Ticket;
}

/**
 * One page, newest change first. Index (updated_at desc, id), or the one that begins with site, account or
 * technician. A ticket that changes moves to the top, behind the reader of an older page; the others keep their places.
 *
 * `q` is looked for in every row on the way down the index: a search that finds nothing reads all of its scope, some
 * 0.6 ms a thousand tickets. An index of trigrams needs an extension that a server of somebody else's may not have and
 * the application's role may not make.
 */
export async function listTickets(db: Queryable, listing: TicketListing): Promise<Page<ListedTicket>> {
  const { filters, q, scope, limit, cursor } = listing;
  const { state, priority, account_id, site_id, assigned_tech_id, incident_type } = filters;
  const values = new Values();
  const where = [
    'true',
    ...values.among({ state, priority, account_id, site_id, assigned_tech_id, incident_type }),
    ...values.scope(scope),
  ];
  if (q !== undefined) where.push(`strpos(words, ${values.add(q.toLowerCase())}) > 0`);
  if (cursor !== undefined) {
    const [updatedAt, id] = keyOf(cursor, ['instant', 'text']).map((part) => values.add(part));
    where.push(`updated_at <= ${updatedAt} and (updated_at < ${updatedAt} or id > ${id})`);
  }
  const { rows } = await db.query<ListedTicket>(
    `select id, ${instant('t.updated_at')} as updated_at, stale, ticket from dispatch_read.tickets t
     where ${where.join(' and ')} order by t.updated_at desc, id limit ${values.add(limit + 1)}`,
    values.list,
  );
  return pageOf(rows, limit, ({ id, updated_at }) => [updated_at, id]);
}
