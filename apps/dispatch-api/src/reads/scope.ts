import { type Actor, outsideScope } from '@dispatch/access';
import { refuse } from '@dispatch/commands';
import type { Scope } from '@dispatch/projections';
import type { Uuid } from '@dispatch/ticket';
import { apiError } from '../api-error.js';

/** What a list may show the actor: rows outside are left out, not refused. */
export const scopeOf = ({ accounts, sites }: Actor): Scope => ({
  account_ids: accounts === '*' ? '*' : [...accounts],
  site_ids: sites === '*' ? '*' : [...sites],
});

/** A ticket that is asked for by its id. @throws TICKET_NOT_FOUND, FORBIDDEN_SCOPE */
export function visible<T extends { readonly accountId: string; readonly siteId: string }>(
  ticket: T | undefined,
  id: Uuid,
  actor: Actor,
): T {
  if (!ticket) throw apiError(refuse('TICKET_NOT_FOUND', { ticket_id: id }).rejection);
  const breach = outsideScope(actor, ticket);
  if (breach) throw apiError(refuse('FORBIDDEN_SCOPE', breach).rejection);
  return ticket;
}
