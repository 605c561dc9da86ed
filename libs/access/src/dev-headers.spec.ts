import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { readDevHeaders } from './dev-headers.js';

const upper = 'AAAAAAAA-1111-4111-8111-111111111111';
const lower = upper.toLowerCase();
const other = '22222222-2222-4222-8222-222222222222';
const required = { 'x-actor-id': 'ann', 'x-actor-role': 'dispatcher' };

const read = (headers: IncomingHttpHeaders, requireTechnicianId = false) =>
  readDevHeaders(headers, { requireTechnicianId, canonicalRole: (name) => (name === 'technician' ? 'tech' : name) });

const everything = { type: 'HUMAN', accounts: '*', sites: '*', technicianId: undefined };

test('two headers make a human who holds everything', () => {
  expect(read(required)).toEqual({ actor: { id: 'ann', role: 'dispatcher', ...everything } });
});

test('every header is read, ids in lower case', () => {
  const answer = read({
    'x-actor-id': 'bo',
    'x-actor-role': 'technician',
    'x-actor-type': 'SERVICE',
    'x-account-scope': `${upper} ,${other}`,
    'x-site-scope': `*, ${other}`,
    'x-technician-id': upper,
  });
  expect(answer).toEqual({
    actor: {
      id: 'bo',
      role: 'tech',
      type: 'SERVICE',
      accounts: new Set([lower, other]),
      sites: '*',
      technicianId: lower,
    },
  });
});

test('a technician id on another role binds nobody', () => {
  expect(read({ ...required, 'x-technician-id': upper })).toEqual({
    actor: { id: 'ann', role: 'dispatcher', ...everything },
  });
});

describe('refusals', () => {
  const missing: readonly (readonly [string, string, IncomingHttpHeaders])[] = [
    ['no header at all', 'X-Actor-Id', {}],
    ['no id', 'X-Actor-Id', { 'x-actor-role': 'dispatcher' }],
    ['an empty id', 'X-Actor-Id', { ...required, 'x-actor-id': '' }],
    ['no role', 'X-Actor-Role', { 'x-actor-id': 'ann' }],
    ['an empty role', 'X-Actor-Role', { ...required, 'x-actor-role': '' }],
  ];
  test.each(missing)('%s: %s is missing', (_, header, headers) => {
    expect(read(headers)).toEqual({
      refusal: { code: 'MISSING_ACTOR_CONTEXT', message: expect.stringContaining(header), details: { header } },
    });
  });

  test('a technician without the id, where it is required', () => {
    expect(read({ ...required, 'x-actor-role': 'technician' }, true)).toMatchObject({
      refusal: { code: 'MISSING_ACTOR_CONTEXT', details: { header: 'X-Technician-Id' } },
    });
  });

  const invalid: readonly (readonly [string, string, IncomingHttpHeaders])[] = [
    ['two ids', 'X-Actor-Id', { 'x-actor-id': 'ann, bo' }],
    ['an id of 201 characters', 'X-Actor-Id', { 'x-actor-id': 'a'.repeat(201) }],
    ['a control character', 'X-Actor-Id', { 'x-actor-id': 'a\u0085b' }],
    ['a list of ids', 'X-Actor-Id', { 'x-actor-id': ['ann'] }],
    ['two roles', 'X-Actor-Role', { 'x-actor-role': 'dispatcher, admin' }],
    ['an unknown type', 'X-Actor-Type', { 'x-actor-type': 'ROBOT' }],
    ['an empty type', 'X-Actor-Type', { 'x-actor-type': '' }],
    ['an account that is no UUID', 'X-Account-Scope', { 'x-account-scope': `${other},acme` }],
    ['an empty account scope', 'X-Account-Scope', { 'x-account-scope': '' }],
    ['a trailing comma', 'X-Account-Scope', { 'x-account-scope': `${other},` }],
    ['a site that is no UUID', 'X-Site-Scope', { 'x-site-scope': '**' }],
    ['a technician that is no UUID', 'X-Technician-Id', { 'x-technician-id': 'bo' }],
    ['two technicians', 'X-Technician-Id', { 'x-technician-id': `${other}, ${other}` }],
  ];
  test.each(invalid)('%s: %s is invalid', (_, header, headers) => {
    expect(read({ ...required, ...headers })).toEqual({
      refusal: { code: 'INVALID_ACTOR_CONTEXT', message: expect.stringContaining(header), details: { header } },
    });
  });
});
