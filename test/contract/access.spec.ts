import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readAccessConfig } from '@dispatch/access';
import { SignJWT } from 'jose';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Api, at, outcomeOf, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { operationsOf } from './schemas.js';

const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const production = (more: object = {}) =>
  readAccessConfig({ NODE_ENV: 'production', DISPATCH_AUTH_JWT_SECRET: SECRET, ...more });

/** Lets tests make tickets by development headers; both others are as in production. */
let workshop: Api;
let api: Api;
let strict: Api;
let tickets: Tickets;
beforeAll(async () => {
  workshop = await startApi();
  tickets = await groundOf(workshop);
  const { database } = workshop;
  api = await startApi({ database, access: production() });
  strict = await startApi({
    database,
    access: production({
      DISPATCH_AUTH_JWT_ISSUER: 'https://issuer.example',
      DISPATCH_AUTH_JWT_AUDIENCE: 'dispatch',
      DISPATCH_AUTH_REQUIRE_TECHNICIAN_ID: 'true',
    }),
  });
});
afterAll(async () => {
  await strict.close();
  await api.close();
  await workshop.close();
});

const EVERYTHING = { scope: { account_ids: ['*'], site_ids: '*' } };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const tokenOf = async (claims: object, secret = SECRET) => bearer(await mintToken({ ...claims }, secret));
const roleToken = (role: string, claims: object = {}) => tokenOf({ sub: `${role}-7`, role, ...EVERYTHING, ...claims });

const EVERYONE = 'dispatcher agent customer tech qa approver finance admin auditor';

/** The contract's table once more: who may use what. */
const ROLES: Readonly<Record<string, string>> = {
  'ticket.create': 'dispatcher agent',
  'ticket.request_info': 'dispatcher agent',
  'ticket.triage': 'dispatcher agent',
  'schedule.propose': 'dispatcher agent',
  'schedule.confirm': 'dispatcher customer',
  'schedule.reschedule': 'dispatcher customer',
  'assignment.dispatch': 'dispatcher',
  'assignment.reassign': 'dispatcher',
  'tech.check_in': 'tech dispatcher',
  'tech.request_change': 'tech',
  'approval.decide': 'approver dispatcher',
  'work.hold': 'tech dispatcher',
  'work.resume': 'tech dispatcher',
  'closeout.add_evidence': 'dispatcher agent tech',
  'closeout.withdraw_evidence': 'dispatcher tech',
  'closeout.record_checklist': 'tech dispatcher',
  'tech.complete': 'tech dispatcher',
  'qa.verify': 'qa dispatcher',
  'billing.generate_invoice': 'finance',
  'ticket.close': 'finance dispatcher',
  'ticket.cancel': 'dispatcher',
  'ticket.get': EVERYONE,
  'ticket.list': 'dispatcher agent qa approver finance admin auditor',
  'ticket.timeline': EVERYONE,
  'closeout.list_evidence': 'dispatcher agent tech qa approver finance admin auditor',
  'dispatcher.cockpit': 'dispatcher',
  'tech.job_packet': 'tech dispatcher',
  'audit.checkpoint': 'admin auditor',
  'audit.keys': 'admin auditor',
  'audit.prove_event': 'admin auditor',
  'audit.prove_consistency': 'admin auditor',
  'audit.denied': 'admin auditor',
  ...Object.fromEntries(
    ['account', 'site', 'technician'].flatMap((kind) =>
      ['put', 'get', 'list'].map((verb) => [`${kind}.${verb}`, 'admin dispatcher']),
    ),
  ),
};

const ALIASES = { assistant: 'dispatcher', bot: 'dispatcher', technician: 'tech' };
const STRANGERS = ['superuser', 'Dispatcher', 'system', 'none'];

test.each([...EVERYONE.split(' '), ...Object.keys(ALIASES), ...STRANGERS])(
  'the role %s may use its tools and no other',
  async (role) => {
    const canonical = Object.entries(ALIASES).find(([alias]) => alias === role)?.[1] ?? role;
    const as = await roleToken(role);
    const { json } = await api.call({ method: 'GET', path: '/openapi.json' });
    const served = operationsOf(json).map(({ operation }) => String(operation.operationId));
    const may = await Promise.all(
      served
        .filter((tool) => tool.includes('.'))
        .map(async (tool) => {
          const reply = await api.run(tool, { id: randomUUID(), evidenceId: randomUUID(), as, body: undefined });
          return [tool, outcomeOf(reply) !== '403 FORBIDDEN'] as const;
        }),
    );
    const expected = may.map(([tool]) => [tool, ROLES[tool]?.split(' ').includes(canonical)]);
    expect(may).toEqual(expected);
    expect(may.length).toBeGreaterThan(30);
  },
);

test('the tool of an endpoint, named or not, and no other', async () => {
  const as = await roleToken('dispatcher');
  const id = await tickets.ticketIn('NEW');
  const named = (name: string) => api.run('ticket.get', { id, as, headers: { 'x-tool-name': name } });
  expect(outcomeOf(await named('ticket.get'))).toBe('200');
  for (const name of ['ticket.list', 'TICKET.GET', ' ', 'ticket.get ,'])
    expect(outcomeOf(await named(name))).toBe('403 TOOL_NOT_ALLOWED');
});

describe('tokens', () => {
  const get = async (as: object, on: Api = api) =>
    outcomeOf(await on.run('ticket.get', { id: randomUUID(), as: { ...as } }));
  const known = '404 TICKET_NOT_FOUND';
  const good = { sub: 'dana', role: 'auditor', ...EVERYTHING };
  const seconds = Math.floor(Date.now() / 1000);

  test('a good one is known; development headers are nothing in production', async () => {
    expect(await get(await tokenOf(good))).toBe(known);
    const headers = { 'x-actor-id': 'dana', 'x-actor-role': 'dispatcher' };
    expect(await get(headers)).toBe('401 AUTH_REQUIRED');
    expect(await get({})).toBe('401 AUTH_REQUIRED');
    expect(await get({ ...headers, authorization: 'Bearer a.b.c' })).toBe('401 INVALID_AUTH_TOKEN');
  });

  test('what is signed by no key of ours is no token', async () => {
    const key = new TextEncoder().encode(SECRET.repeat(2));
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = encoded({ ...good, exp: seconds + 60 });
    const [head, , signature] = (await mintToken(good, SECRET)).split('.');
    const hs512 = await new SignJWT({ ...good, exp: seconds + 60 }).setProtectedHeader({ alg: 'HS512' }).sign(key);
    const tokens = [
      await mintToken(good, `${SECRET}!`),
      hs512,
      `${encoded({ alg: 'none' })}.${claims}.`,
      `${encoded({ alg: 'none' })}.${claims}.AAAA`,
      `${encoded({ alg: 'HS256' })}.${claims}.${'A'.repeat(43)}`,
      `${encoded({ alg: 'RS256' })}.${claims}.${'A'.repeat(342)}`,
      `${head}.${encoded({ ...good, role: 'admin', exp: seconds + 60 })}.${signature}`,
      'a.b.c',
      'abc',
    ];
    for (const token of tokens) expect([token, await get(bearer(token))]).toEqual([token, '401 INVALID_AUTH_TOKEN']);
  });

  test.each<readonly [string, object]>([
    ['expired', { exp: seconds - 1 }],
    ['that never expires', { exp: undefined }],
    ['not yet valid', { nbf: seconds + 60 }],
    ['of nobody', { sub: undefined }],
    ['of an empty name', { sub: ' ' }],
    ['without a role', { role: undefined }],
    ['of two roles', { role: ['agent', 'admin'] }],
    ['of an unknown actor type', { actor_type: 'ROBOT' }],
    ['with a scope that is a list', { scope: ['*'] }],
    ['with one account outside of a list', { scope: { account_ids: randomUUID() } }],
    ['with an account that is no UUID', { scope: { account_ids: [randomUUID(), 'acme'] } }],
    ['with sites of another type', { scope: undefined, site_ids: [7] }],
    ['with a technician that is no UUID', { role: 'tech', technician_id: 'mo' }],
  ])('a token %s is refused', async (_, claims) => {
    expect(await get(await tokenOf({ ...good, ...claims }))).toBe('401 INVALID_AUTH_CLAIMS');
  });

  test('issuer and audience, where they are set; a technician who must be named', async () => {
    const fit = { ...good, iss: 'https://issuer.example', aud: ['other', 'dispatch'] };
    expect(await get(await tokenOf(fit), strict)).toBe(known);
    for (const wrong of [
      { iss: undefined },
      { iss: 'https://other.example' },
      { aud: 'other' },
      { aud: undefined },
      { role: 'tech' },
    ])
      expect([wrong, await get(await tokenOf({ ...fit, ...wrong }), strict)]).toEqual([
        wrong,
        '401 INVALID_AUTH_CLAIMS',
      ]);
    expect(await get(await tokenOf({ ...fit, role: 'technician', technician_id: randomUUID() }), strict)).toBe(known);
  });

  test('scope, nested or flat; a token that names none holds nothing', async () => {
    const id = await tickets.ticketIn('NEW');
    const { accountId, siteId } = tickets;
    const asked = async (claims: object) =>
      outcomeOf(await api.run('ticket.get', { id, as: await tokenOf({ sub: 'dana', role: 'auditor', ...claims }) }));
    for (const claims of [
      { scope: { account_ids: [accountId.toUpperCase()], site_ids: [randomUUID(), siteId] } },
      { account_ids: [accountId], site_ids: '*' },
      { scope: { account_ids: '*' } },
    ])
      expect(await asked(claims)).toBe('200');
    for (const claims of [
      {},
      { scope: {} },
      { account_ids: [] },
      { scope: { account_ids: [randomUUID()] }, account_ids: ['*'] },
      { account_ids: [accountId], site_ids: [randomUUID()] },
    ])
      expect([claims, await asked(claims)]).toEqual([claims, '403 FORBIDDEN_SCOPE']);
  });
});

test('a technician bound by the token works on the own tickets only, and reads others', async () => {
  const [own, other] = [tickets.techId, randomUUID()];
  const id = await tickets.ticketIn('DISPATCHED');
  const unassigned = await tickets.ticketIn('NEW');
  const give = async (tool: 'tech.check_in' | 'closeout.add_evidence' | 'work.hold', ticket: string, claims: object) =>
    api.run(tool, { id: ticket, as: await roleToken('tech', claims), body: tickets.bodies[tool] });
  for (const tool of ['tech.check_in', 'closeout.add_evidence', 'work.hold'] as const) {
    const refused = await give(tool, id, { technician_id: other });
    expect([tool, outcomeOf(refused)]).toEqual([tool, '403 FORBIDDEN_SCOPE']);
    expect(refused.json).toMatchObject({ error: { scope_field: 'technician_id', target_id: own } });
  }
  const early = await give('closeout.add_evidence', unassigned, { technician_id: own });
  expect([outcomeOf(early), at(early.json, 'error.target_id')]).toEqual(['403 FORBIDDEN_SCOPE', null]);
  expect(outcomeOf(await give('tech.check_in', id, { technician_id: own.toUpperCase() }))).toBe('200');
  expect(outcomeOf(await give('work.hold', id, {}))).toBe('200');
  const read = await api.run('ticket.get', { id, as: await roleToken('tech', { technician_id: other }) });
  expect(outcomeOf(read)).toBe('200');
  const dispatcher = await roleToken('dispatcher', { technician_id: other });
  expect(outcomeOf(await api.run('work.resume', { id, as: dispatcher, body: {} }))).toBe('200');
});
