import { expect, test } from '@jest/globals';
import { outsideAssignment, outsideScope } from './actor.js';

const accountId = '11111111-1111-4111-8111-111111111111';
const siteId = '22222222-2222-4222-8222-222222222222';
const other = '33333333-3333-4333-8333-333333333333';

test.each([
  ['everything', '*', '*'],
  ['the account by name', new Set([accountId]), '*'],
  ['the site by name', '*', new Set([siteId, other])],
  ['both by name', new Set([accountId]), new Set([siteId])],
] as const)('a scope of %s covers the target', (_, accounts, sites) => {
  expect(outsideScope({ accounts, sites }, { accountId, siteId })).toBeUndefined();
});

test('an account outside the scope is named before its site', () => {
  const breach = outsideScope({ accounts: new Set([other]), sites: new Set() }, { accountId, siteId });
  expect(breach).toEqual({ scope_field: 'account_id', target_id: accountId });
});

test('a site outside the scope is named although its account is held', () => {
  const breach = outsideScope({ accounts: new Set([accountId]), sites: new Set([other]) }, { accountId, siteId });
  expect(breach).toEqual({ scope_field: 'site_id', target_id: siteId });
});

test('a target that is an account itself asks for the account only', () => {
  expect(outsideScope({ accounts: '*', sites: new Set() }, { accountId, siteId: undefined })).toBeUndefined();
  expect(outsideScope({ accounts: new Set(), sites: '*' }, { accountId, siteId: undefined })).toEqual({
    scope_field: 'account_id',
    target_id: accountId,
  });
});

test.each([
  ['the own ticket', other, other, undefined],
  ['an actor bound to nobody', undefined, other, undefined],
  ["another technician's ticket", other, siteId, { scope_field: 'technician_id', target_id: siteId }],
  ['a ticket without technician', other, null, { scope_field: 'technician_id', target_id: null }],
])('assignment: %s', (_, technicianId, assigned, breach) => {
  expect(outsideAssignment({ technicianId }, assigned)).toEqual(breach);
});
