import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimRules, type Claims, readClaims, untimely } from './claims.js';

const upper = 'AAAAAAAA-1111-4111-8111-111111111111';
const lower = upper.toLowerCase();
const other = '22222222-2222-4222-8222-222222222222';
const minimal = { sub: 'agent-7', role: 'dispatcher', exp: 2_000 };

const rules: ClaimRules = {
  requireTechnicianId: false,
  canonicalRole: (name) => (name === 'technician' ? 'tech' : name),
};
const read = (claims: Claims, more: Partial<ClaimRules> = {}) =>
  readClaims({ ...minimal, ...claims }, { ...rules, ...more });
const nothing = new Set();

test('sub, role and exp make an agent that holds nothing', () => {
  expect(readClaims(minimal, rules)).toEqual({
    actor: {
      id: 'agent-7',
      role: 'dispatcher',
      type: 'AGENT',
      accounts: nothing,
      sites: nothing,
      technicianId: undefined,
    },
    notBefore: 0,
    expires: 2_000_000,
  });
});

test('a role is known by its canonical name, and passes when the policy does not know it', () => {
  expect(read({ role: 'technician' })).toMatchObject({ actor: { role: 'tech' } });
  expect(read({ role: '__proto__' })).toMatchObject({ actor: { role: '__proto__' } });
});

describe('scope', () => {
  test.each<[string, Claims, unknown, unknown]>([
    ['nested', { scope: { account_ids: [upper], site_ids: [other] } }, new Set([lower]), new Set([other])],
    ['at the top', { account_ids: [upper], site_ids: [other] }, new Set([lower]), new Set([other])],
    ['one nested, one at the top', { scope: { account_ids: [other] }, site_ids: '*' }, new Set([other]), '*'],
    ['nested before the top', { scope: { account_ids: [other] }, account_ids: '*' }, new Set([other]), '*'],
    ['accounts only', { account_ids: [other] }, new Set([other]), '*'],
    ['sites only', { scope: { site_ids: [other] } }, '*', new Set([other])],
    ['a star in a list', { account_ids: [other, '*'], site_ids: ['*'] }, '*', '*'],
    ['empty lists', { account_ids: [], site_ids: [] }, nothing, nothing],
    ['an empty object', { scope: {} }, nothing, nothing],
  ])('%s', (_, claims, accounts, sites) => {
    expect(read(claims)).toMatchObject({ actor: { accounts, sites } });
  });
});

describe('technician', () => {
  test.each<[string, Claims, string | undefined]>([
    ['binds a technician', { role: 'tech', technician_id: upper }, lower],
    ['binds under an alias of the role', { role: 'technician', technician_id: other }, other],
    ['binds nobody on another role', { technician_id: other }, undefined],
    ['may be absent', { role: 'tech' }, undefined],
  ])('technician_id %s', (_, claims, technicianId) => {
    expect(read(claims)).toMatchObject({ actor: { technicianId } });
  });

  test('may be required, of technicians only', () => {
    expect(read({ role: 'technician' }, { requireTechnicianId: true })).toMatchObject({
      refusal: { code: 'INVALID_AUTH_CLAIMS', details: { claim: 'technician_id' } },
    });
    expect(read({}, { requireTechnicianId: true })).toHaveProperty('actor');
  });
});

describe('issuer and audience', () => {
  const expected = { issuer: 'https://issuer.example', audience: 'dispatch' };
  test.each<[string, Claims]>([
    ['one audience', { iss: expected.issuer, aud: 'dispatch' }],
    ['one of several audiences', { iss: expected.issuer, aud: ['billing', 'dispatch'] }],
  ])('%s passes', (_, claims) => {
    expect(read(claims, expected)).toHaveProperty('actor');
  });

  test.each<[string, string, Claims]>([
    ['no issuer', 'iss', { aud: 'dispatch' }],
    ['another issuer', 'iss', { iss: 'https://issuer.example/', aud: 'dispatch' }],
    ['a list of issuers', 'iss', { iss: [expected.issuer], aud: 'dispatch' }],
    ['no audience', 'aud', { iss: expected.issuer }],
    ['another audience', 'aud', { iss: expected.issuer, aud: 'dispatch-2' }],
    ['other audiences', 'aud', { iss: expected.issuer, aud: ['dispatch-2', null] }],
    ['an object for an audience', 'aud', { iss: expected.issuer, aud: { includes: 'dispatch' } }],
  ])('%s is refused by %s', (_, claim, claims) => {
    expect(read(claims, expected)).toMatchObject({ refusal: { code: 'INVALID_AUTH_CLAIMS', details: { claim } } });
  });
});

test.each<[string, string, Claims]>([
  ['no sub', 'sub', { sub: undefined }],
  ['an empty sub', 'sub', { sub: '' }],
  ['a blank sub', 'sub', { sub: ' ' }],
  ['a number for a sub', 'sub', { sub: 7 }],
  ['a sub of 201 characters', 'sub', { sub: 's'.repeat(201) }],
  ['NUL in the sub', 'sub', { sub: 'a\0b' }],
  ['a line break in the sub', 'sub', { sub: 'a\nb' }],
  ['half a surrogate pair in the sub', 'sub', { sub: 'a\ud83d' }],
  ['no role', 'role', { role: undefined }],
  ['a list of roles', 'role', { role: ['dispatcher'] }],
  ['NUL in the role', 'role', { role: 'dispatcher\0' }],
  ['no exp', 'exp', { exp: undefined }],
  ['exp as text', 'exp', { exp: '2000' }],
  ['exp without end', 'exp', { exp: Number.POSITIVE_INFINITY }],
  ['nbf as text', 'nbf', { nbf: '0' }],
  ['nbf null', 'nbf', { nbf: null }],
  ['an unknown actor type', 'actor_type', { actor_type: 'ROBOT' }],
  ['an actor type in lower case', 'actor_type', { actor_type: 'human' }],
  ['a scope as OAuth writes it', 'scope', { scope: 'tickets:write' }],
  ['a scope that is null', 'scope', { scope: null }],
  ['a list for a scope', 'scope', { scope: ['*'] }],
  ['null accounts', 'account_ids', { scope: { account_ids: null, site_ids: '*' }, account_ids: '*' }],
  ['a lone account', 'account_ids', { account_ids: other }],
  ['an account that is no UUID', 'account_ids', { account_ids: [other, 'acme'] }],
  ['a bad entry beside a star', 'account_ids', { account_ids: ['*', 7] }],
  ['a bad account beside sites', 'account_ids', { account_ids: {}, site_ids: [other] }],
  ['a site that is no UUID', 'site_ids', { site_ids: [`${other}\n`] }],
  ['a nested list of sites', 'site_ids', { site_ids: [[other]] }],
  ['a technician that is no UUID', 'technician_id', { role: 'tech', technician_id: 'bo' }],
  ['a technician that is null', 'technician_id', { role: 'tech', technician_id: null }],
])('%s is refused by %s', (_, claim, claims) => {
  expect(read(claims)).toEqual({
    refusal: { code: 'INVALID_AUTH_CLAIMS', message: expect.stringContaining(claim), details: { claim } },
  });
});

test('credentials hold from notBefore on until just before expires', () => {
  const { actor } = Object.assign({ actor: undefined }, read({}));
  if (actor === undefined) throw new Error('the minimal claims were refused');
  const at = (now: number) => untimely({ actor, notBefore: 1_000, expires: 2_000 }, now);
  expect(at(999)).toMatchObject({ refusal: { code: 'INVALID_AUTH_CLAIMS', details: { claim: 'nbf' } } });
  expect(at(1_000)).toBeUndefined();
  expect(at(1_999)).toBeUndefined();
  expect(at(2_000)).toMatchObject({ refusal: { code: 'INVALID_AUTH_CLAIMS', details: { claim: 'exp' } } });
});

test('any claims are either refused or read, and never throw', () => {
  const name = fc.constantFrom(
    ...['sub', 'role', 'exp', 'nbf', 'actor_type', 'scope', 'account_ids', 'site_ids', 'technician_id', '__proto__'],
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('*', other, 'tech', 'AGENT', 1),
    fc.record({ account_ids: fc.jsonValue(), site_ids: fc.array(fc.uuid()) }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (entries) => {
      // Through JSON text, as a token carries it: there `__proto__` is a key like any other.
      const members = entries.map(([key, content]) => `${JSON.stringify(key)}:${JSON.stringify(content)}`);
      const answer = read(JSON.parse(`{${members.join(',')}}`));
      if ('refusal' in answer) expect(answer.refusal.code).toBe('INVALID_AUTH_CLAIMS');
      else expect(Object.getPrototypeOf(answer.actor)).toBe(Object.prototype);
    }),
  );
});
