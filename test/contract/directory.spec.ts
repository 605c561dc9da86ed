import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { expectHeaders } from './life.js';

let api: Api;
let tickets: Tickets;
let time = Date.UTC(2026, 2, 1, 8);
beforeAll(async () => {
  api = await startApi({ clock: () => time });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const iso = () => new Date(time).toISOString();

const KINDS = [
  {
    kind: 'account',
    body: () => ({ name: ' Harbour Books ' }),
    entity: () => ({ name: 'Harbour Books' }),
    change: { name: 'Pier Books' },
  },
  {
    kind: 'site',
    body: () => ({
      account_id: tickets.accountId,
      name: 'Pier 4',
      address1: '4 Pier Road',
      city: 'Oakland',
      contacts: [{ name: 'Ines' }],
    }),
    entity: () => ({
      account_id: tickets.accountId,
      name: 'Pier 4',
      address1: '4 Pier Road',
      address2: null,
      city: 'Oakland',
      region: null,
      postal_code: null,
      country: 'US',
      timezone: 'America/Los_Angeles',
      access_instructions: null,
      contacts: [
        {
          name: 'Ines',
          phone: null,
          email: null,
          role: null,
          escalation_level: null,
          is_authorized_requester: false,
          is_authorized_approver: false,
        },
      ],
    }),
    change: { timezone: 'Europe/Berlin', country: 'DE' },
  },
  {
    kind: 'technician',
    body: () => ({ name: 'Mo' }),
    entity: () => ({ name: 'Mo', skills: [], provider_id: null, active: true }),
    change: { skills: ['locks'], active: false },
  },
] as const;

test.each(KINDS)(
  '$kind: new 201, changed 200, the same 200, and read again',
  async ({ kind, body, entity, change }) => {
    const id = randomUUID();
    const put = (more: object, key: string = randomUUID()) =>
      api.run(`${kind}.put`, { id, key, body: { ...body(), ...more } });
    const created_at = iso();
    const shown = (version: number, more: object) => ({
      id,
      ...entity(),
      ...more,
      version,
      created_at,
      updated_at: iso(),
    });

    const key = randomUUID();
    const created = await put({}, key);
    expect([created.status, created.json]).toEqual([201, shown(0, {})]);
    expectHeaders(created, 0);
    time += 60_000;
    const changed = await put(change);
    expect([changed.status, changed.json]).toEqual([200, shown(1, change)]);
    expectHeaders(changed, 1);
    time += 60_000;
    const same = await put(change);
    expect([same.status, same.json]).toMatchObject([200, { ...entity(), ...change, created_at }]);

    const again = await put({}, key);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, created.text, 'true']);
    expect(outcomeOf(await put(change, key))).toBe('409 IDEMPOTENCY_PAYLOAD_MISMATCH');

    const read = await api.run(`${kind}.get`, { id: id.toUpperCase(), as: 'admin' });
    expect(read.json).toEqual(same.json);
    expect(read.headers.etag).toBe(same.headers.etag);
  },
);

test('an expected version is held against the entity', async () => {
  const id = randomUUID();
  const put = (version: string) => tickets.give('technician.put', { id, headers: { 'if-match': version } });
  expect(outcomeOf(await put('"0"'))).toBe('409 VERSION_CONFLICT');
  expect(outcomeOf(await tickets.give('technician.put', { id }))).toBe('201');
  expect(outcomeOf(await put('"1"'))).toBe('409 VERSION_CONFLICT');
  expect(outcomeOf(await put('"0"'))).toBe('200');
});

test('scope: accounts and sites are held against it, also where they go; technicians belong to nobody', async () => {
  const other = randomUUID();
  await tickets.give('account.put', { id: other });
  const mine = actor('dispatcher', { 'x-account-scope': tickets.accountId });
  const forbidden = '403 FORBIDDEN_SCOPE';
  const site = tickets.bodies['site.put'];
  expect(outcomeOf(await api.run('account.get', { id: other, as: mine }))).toBe(forbidden);
  expect(outcomeOf(await api.run('account.put', { id: other, as: mine, body: { name: 'mine' } }))).toBe(forbidden);
  expect(outcomeOf(await api.run('account.get', { id: tickets.accountId, as: mine }))).toBe('200');
  const moved = { ...site, account_id: other };
  expect(outcomeOf(await api.run('site.put', { id: tickets.siteId, as: mine, body: moved }))).toBe(forbidden);
  expect(outcomeOf(await api.run('site.put', { id: randomUUID(), as: mine, body: moved }))).toBe(forbidden);
  const elsewhere = actor('dispatcher', { 'x-site-scope': randomUUID() });
  expect(outcomeOf(await api.run('site.get', { id: tickets.siteId, as: elsewhere }))).toBe(forbidden);
  expect(outcomeOf(await api.run('site.put', { id: tickets.siteId, as: elsewhere, body: site }))).toBe(forbidden);
  expect(outcomeOf(await api.run('technician.get', { id: tickets.techId, as: mine }))).toBe('200');
});

test('a key that was used is not answered to a scope that has become narrower', async () => {
  const ask = { id: randomUUID(), key: randomUUID(), body: { name: 'Books' } };
  expect(outcomeOf(await api.run('account.put', ask))).toBe('201');
  const as = actor('dispatcher', { 'x-account-scope': tickets.accountId });
  expect(outcomeOf(await api.run('account.put', { ...ask, as }))).toBe('403 FORBIDDEN_SCOPE');
});

test('lists, page by page, in one order, without what the scope does not cover', async () => {
  const account = randomUUID();
  await tickets.give('account.put', { id: account });
  const ids = Array.from({ length: 7 }, () => randomUUID()).sort();
  await Promise.all(
    ids.map((id) => tickets.give('site.put', { id, body: { ...tickets.bodies['site.put'], account_id: account } })),
  );
  const as = actor('admin', { 'x-account-scope': account });
  const seen: unknown[] = [];
  const sizes: number[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const query = `limit=3${typeof cursor === 'string' && cursor ? `&cursor=${cursor}` : ''}`;
    const { json } = await api.run('site.list', { as, query });
    const sites = at(json, 'sites');
    const page: readonly unknown[] = Array.isArray(sites) ? sites : [];
    sizes.push(page.length);
    seen.push(...page.map((site) => at(site, 'id')));
    cursor = at(json, 'next_cursor');
  }
  expect(seen).toEqual(ids);
  expect(sizes).toEqual([3, 3, 1]);

  const { json } = await api.run('account.list', { as });
  expect(at(json, 'accounts.0.id')).toBe(account);
  expect(json).toMatchObject({ accounts: [{ id: account }], next_cursor: null });
});

test('entities of the directory are no tickets', async () => {
  expect(outcomeOf(await api.run('ticket.get', { id: tickets.siteId }))).toBe('404 TICKET_NOT_FOUND');
  expect(outcomeOf(await api.run('account.get', { id: tickets.siteId }))).toBe('404 ACCOUNT_NOT_FOUND');
});
