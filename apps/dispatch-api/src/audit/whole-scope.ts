import type { Actor } from '@dispatch/access';
import { refuse } from '@dispatch/commands';
import { apiError } from '../api-error.js';

/** For what belongs to no one account. @throws FORBIDDEN_SCOPE unless the actor holds all accounts and sites */
export function demandWholeScope({ accounts, sites }: Actor): void {
  const field = accounts !== '*' ? 'account_id' : sites !== '*' ? 'site_id' : undefined;
  if (field) throw apiError(refuse('FORBIDDEN_SCOPE', { scope_field: field, target_id: null }).rejection);
}
