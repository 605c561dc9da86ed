import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, startApi, textAt } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { pagesOf } from './walk.js';

let api: Api;
let tickets: Tickets;
let other: Tickets;
let time = Date.UTC(2026, 2, 1, 8);
beforeAll(async () => {
  api = await startApi({ clock: () => time, readWaitMs: 30_000 });
  [tickets, other] = [await groundOf(api), await groundOf(api)];
});
afterAll(() => api.close());

const idsOf = (json: unknown): readonly unknown[] => {
  const list = at(json, 'tickets');
  return Array.isArray(list) ? list.map((ticket) => at(ticket, 'id')) : [];
};
const listed = async (query = '', as: Parameters<Api['run']>[1] = {}) =>
  idsOf((await api.run('ticket.list', { query, ...as })).json);

describe('filters', () => {
  const made: Record<'fresh' | 'triaged' | 'urgent' | 'sent' | 'elsewhere', string> = {
    fresh: '',
    triaged: '',
    urgent: '',
    sent: '',
    elsewhere: '',
  };
  beforeAll(async () => {
    const body = { ...tickets.bodies['ticket.create'], description: 'The GATE is 100% stuck, see f_4\\' };
    made.fresh = textAt(await tickets.give('ticket.create', { body }), 'id');
    for (const [name, state] of [
      ['triaged', 'TRIAGED'],
      ['urgent', 'NEW'],
      ['sent', 'DISPATCHED'],
    ] as const) {
      time += 1_000;
      made[name] = await tickets.ticketIn(state);
    }
    time += 1_000;
    const triage = { ...tickets.bodies['ticket.triage'], priority: 'URGENT', incident_type: 'door_wont_latch' };
    await tickets.give('ticket.triage', { id: made.urgent, body: triage });
    time += 1_000;
    made.elsewhere = await other.ticketIn('NEW');
  });

  test('none: newest change first, each as its own GET shows it', async () => {
    const { json } = await api.run('ticket.list');
    const { fresh, triaged, urgent, sent, elsewhere } = made;
    expect(idsOf(json)).toEqual([elsewhere, urgent, sent, triaged, fresh]);
    expect(at(json, 'next_cursor')).toBeNull();
    for (const [n, id] of idsOf(json).entries())
      expect(at(json, `tickets.${n}`)).toEqual((await api.run('ticket.get', { id: String(id) })).json);
  });

  const site = () => `site_id=${tickets.siteId}`;
  const CASES: readonly (readonly [query: () => string, names: readonly (keyof typeof made)[]])[] = [
    [() => 'state=NEW', ['elsewhere', 'fresh']],
    [() => 'state=NEW,DISPATCHED', ['elsewhere', 'sent', 'fresh']],
    [() => 'state=NEW&state=DISPATCHED&state=NEW', ['elsewhere', 'sent', 'fresh']],
    [() => `state=NEW&${site()}`, ['fresh']],
    [() => 'state=ON_SITE', []],
    [() => 'priority=URGENT', ['urgent']],
    [() => 'priority=URGENT,EMERGENCY', ['urgent', 'sent', 'triaged']],
    [() => `account_id=${other.accountId.toUpperCase()}`, ['elsewhere']],
    [() => `account_id=${other.accountId},${tickets.accountId}&state=NEW`, ['elsewhere', 'fresh']],
    [() => `site_id=${other.siteId}`, ['elsewhere']],
    [() => `site_id=${other.siteId}&account_id=${tickets.accountId}`, []],
    [() => `assigned_tech_id=${tickets.techId}`, ['sent']],
    [() => `assigned_tech_id=${randomUUID()}`, []],
    [() => 'incident_type=DOOR_WONT_LATCH', ['urgent']],
    [() => 'incident_type=%20door_wont_latch,CANNOT_SECURE_ENTRY', ['urgent', 'sent', 'triaged']],
    [() => 'incident_type=HAUNTED', []],
    [() => 'q=gate', ['fresh']],
    [() => 'q=%20DOOR%20will%20', ['elsewhere', 'urgent', 'sent', 'triaged', 'fresh']],
    [() => `q=DOOR&${site()}&state=NEW`, ['fresh']],
    [() => 'q=100%25', ['fresh']],
    [() => 'q=f_4%5C', ['fresh']],
    [() => 'q=ga_e', []],
    [() => "q='%20or%201=1--", []],
  ];
  test.each(CASES.map(([query, names], n) => ({ n, query, names })))('case $n: $names', async ({ query, names }) => {
    expect(await listed(query())).toEqual(names.map((name) => made[name]));
  });

  test('scope leaves out what it does not cover, also what is asked for by name', async () => {
    for (const header of [{ 'x-account-scope': other.accountId }, { 'x-site-scope': other.siteId }]) {
      expect(await listed('', { as: actor('auditor', header) })).toEqual([made.elsewhere]);
      expect(await listed(site(), { as: actor('auditor', header) })).toEqual([]);
    }
    const nothing = actor('auditor', { 'x-account-scope': other.accountId, 'x-site-scope': tickets.siteId });
    expect(await listed('', { as: nothing })).toEqual([]);
  });

  test('roles', async () => {
    for (const role of ['dispatcher', 'agent', 'qa', 'approver', 'finance', 'admin', 'auditor'])
      expect([role, outcomeOf(await api.run('ticket.list', { as: role }))]).toEqual([role, '200']);
    for (const role of ['tech', 'customer'])
      expect([role, outcomeOf(await api.run('ticket.list', { as: role }))]).toEqual([role, '403 FORBIDDEN']);
  });
});

test.each([
  ['state', 'state=OPEN'],
  ['state', 'state=new'],
  ['state', 'state='],
  ['state', 'state=NEW,'],
  ['state', 'state=NEW&state=OPEN'],
  ['state', 'state=%00'],
  ['priority', 'priority=HIGH'],
  ['account_id', 'account_id=7'],
  ['site_id', `site_id=${randomUUID()},x`],
  ['assigned_tech_id', 'assigned_tech_id=*'],
  ['incident_type', 'incident_type='],
  ['incident_type', 'incident_type=%00'],
  ['incident_type', `incident_type=${'x'.repeat(201)}`],
  ['q', 'q='],
  ['q', 'q=%20'],
  ['q', 'q=%00'],
  ['q', `q=${'x'.repeat(201)}`],
  ['q', 'q=a&q=b'],
  ['sla_status', 'sla_status=breach'],
  ['ticket_id', `ticket_id=${randomUUID()}`],
  ['limit', 'limit=501'],
  ['cursor', `cursor=${Buffer.from('["2026-03-01T08:00:00.000Z"]').toString('base64url')}`],
  ['cursor', `cursor=${Buffer.from('["2026-03-01T08:00:00.000Z","\\u0000"]').toString('base64url')}`],
])('INVALID_QUERY names %s in ?%s', async (field, query) => {
  const { status, json } = await api.run('ticket.list', { query });
  expect([status, at(json, 'error.code'), at(json, 'error.fields.0.field')]).toEqual([400, 'INVALID_QUERY', field]);
  expect(at(json, 'error.message')).toContain(field);
});

test('the walk over a list that changes shows each ticket that stood still once, and none is lost', async () => {
  const walked = await groundOf(api);
  const still: string[] = [];
  for (let n = 0; n < 11; n += 1) {
    // Some at the same instant: then the id decides.
    if (n % 3 === 0) time += 1_000;
    still.push(await walked.ticketIn('NEW'));
  }
  time += 1_000;
  const moving = await walked.ticketIn('NEW');
  const expected = (await listed(`site_id=${walked.siteId}`)).filter((id) => id !== moving);
  expect([...expected].sort()).toEqual([...still].sort());

  const pages = await pagesOf(api, 'ticket.list', 'tickets', { site_id: walked.siteId, limit: '4' }, async () => {
    time += 1_000;
    await walked.give('ticket.triage', { id: moving });
    await walked.ticketIn('NEW');
  });
  expect(pages.map(({ length }) => length)).toEqual([4, 4, 4]);
  expect(pages.flat().map((ticket) => at(ticket, 'id'))).toEqual([moving, ...expected]);
});
