import { test } from '@jest/globals';
import { create } from '../testing/commands.js';
import { created } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { accountId, cents, id, siteId } from '../testing/values.js';

const stranger = id(99);

test('a ticket is opened with what was said', () => {
  given()
    .when(create({ assetId: id(50), summary: 'Door drags', description: 'since Monday', nteCents: cents(50_000) }))
    .then({
      type: 'TicketCreated',
      data: {
        accountId,
        siteId,
        assetId: id(50),
        summary: 'Door drags',
        description: 'since Monday',
        nteCents: cents(50_000),
        currency: 'USD',
      },
    });
});

test('what was left out is recorded as nothing, the limit as no cents', () => {
  given()
    .when(create({ summary: 'Door drags', channel: 'phone', requesterContact: { name: 'Ann' }, attachments: [] }))
    .then(created({ summary: 'Door drags', assetId: null, description: null, nteCents: cents(0) }));
});

test('the account must be known', () => {
  const facts = givenFacts({ directory: { accountKnown: false, siteAccountId: undefined } });
  given()
    .when(create(), facts)
    .rejects({ code: 'ACCOUNT_NOT_FOUND', details: { account_id: accountId } });
});

test('the site must be known', () => {
  given()
    .when(create(), givenFacts({ directory: { siteAccountId: undefined } }))
    .rejects({ code: 'SITE_NOT_FOUND', details: { site_id: siteId } });
});

test('the site must be of that account', () => {
  given()
    .when(create(), givenFacts({ directory: { siteAccountId: stranger } }))
    .rejects({ code: 'SITE_ACCOUNT_MISMATCH', details: { site_id: siteId, account_id: accountId } });
});
