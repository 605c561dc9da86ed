import type { TicketCommands } from '../commands.js';
import { accept, type Decision, reject } from '../decision.js';
import type { Given } from '../given.js';
import { NO_CENTS } from '../kernel.js';

/** A ticket is opened for a site that the directory holds and for the account that the site belongs to. */
export function create(input: Readonly<TicketCommands['ticket.create']>, given: Given): Decision {
  const { accountId, siteId } = input;
  const { accountKnown, siteAccountId } = given.directory;
  if (!accountKnown) return reject('ACCOUNT_NOT_FOUND', { account_id: accountId });
  if (siteAccountId === undefined) return reject('SITE_NOT_FOUND', { site_id: siteId });
  if (siteAccountId !== accountId) return reject('SITE_ACCOUNT_MISMATCH', { site_id: siteId, account_id: accountId });
  return accept('TicketCreated', {
    accountId,
    siteId,
    assetId: input.assetId ?? null,
    summary: input.summary,
    description: input.description ?? null,
    nteCents: input.nteCents ?? NO_CENTS,
    currency: 'USD',
  });
}
