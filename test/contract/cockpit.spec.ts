import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, startApi, textAt } from '../support/api.js';
import { groundOf, RESTING_STATES, type Resting, type Tickets, WINDOW } from '../support/tickets.js';
import { pagesOf } from './walk.js';

const MINUTE = 60_000;
let api: Api;
let time = Date.UTC(2026, 2, 1, 8);
beforeAll(async () => {
  api = await startApi({ clock: () => time, readWaitMs: 30_000 });
});
afterAll(() => api.close());

const iso = (epochMs = time) => new Date(epochMs).toISOString();
const cockpit = async (query: string, ask: Parameters<Api['run']>[1] = {}) => {
  const { json, status, text } = await api.run('dispatcher.cockpit', { query, ...ask });
  if (status !== 200) throw new Error(text);
  return json;
};
const rowsOf = (json: unknown): readonly unknown[] => {
  const queue = at(json, 'queue');
  return Array.isArray(queue) ? queue : [];
};
const queued = async (query: string, ask: Parameters<Api['run']>[1] = {}) =>
  rowsOf(await cockpit(query, ask)).map((row) => at(row, 'ticket_id'));
const codesOf = (row: unknown): Readonly<Record<string, unknown>> => {
  const actions = at(row, 'actions');
  if (!Array.isArray(actions)) throw new Error('a row without actions');
  return Object.fromEntries(
    actions.map((action) => [String(at(action, 'action_id')), at(action, 'policy_error.code') ?? null]),
  );
};

describe('one ticket in each state', () => {
  let tickets: Tickets;
  const ids = new Map<Resting, string>();
  beforeAll(async () => {
    tickets = await groundOf(api);
    for (const state of RESTING_STATES) {
      time += MINUTE;
      ids.set(state, await tickets.ticketIn(state));
    }
  });
  const site = () => `site_id=${tickets.siteId}`;
  const id = (state: Resting) => ids.get(state) ?? '';

  test('closed and cancelled ones are left out, unless they are asked for', async () => {
    const all = await queued(`${site()}&state=${RESTING_STATES.join()}`);
    expect([...all].sort()).toEqual([...ids.values()].sort());
    const open = await queued(site());
    expect([...open].sort()).toEqual(
      [...ids].flatMap(([state, one]) => (['CLOSED', 'CANCELLED'].includes(state) ? [] : [one])).sort(),
    );
  });

  test('counts are of the whole queue, whatever the page', async () => {
    const json = await cockpit(`${site()}&limit=1`);
    const states = RESTING_STATES.filter((state) => !['CLOSED', 'CANCELLED'].includes(state));
    expect(at(json, 'counts.by_state')).toEqual(Object.fromEntries(states.map((state) => [state, 1])));
    const { breach, warning, healthy } = Object(at(json, 'counts.by_sla_status'));
    expect(breach + warning + healthy).toBe(states.length);
    expect(rowsOf(json)).toHaveLength(1);
  });

  test('a row, with every field', async () => {
    const given = tickets.bodies['site.put'];
    const [row] = rowsOf(await cockpit(`${site()}&state=NEW`));
    const created_at = at((await api.run('ticket.get', { id: id('NEW') })).json, 'created_at');
    const made = Date.parse(String(created_at));
    const left = Math.floor((made + 1_440 * MINUTE - time) / MINUTE);
    expect(row).toEqual({
      ticket_id: id('NEW'),
      state: 'NEW',
      priority: 'ROUTINE',
      incident_type: null,
      summary: 'Shop door will not lock',
      site: { id: tickets.siteId, name: given.name, city: given.city, region: null },
      assigned_tech: null,
      scheduled_start: null,
      last_update_at: created_at,
      last_transition_at: created_at,
      sla_target_minutes: 1_440,
      sla_deadline_at: iso(made + 1_440 * MINUTE),
      sla_timer_remaining_minutes: left,
      sla_timer_remaining: `23:${String(left - 23 * 60).padStart(2, '0')}`,
      sla_status: 'healthy',
      sla_clock: 'running',
      sla_delay_attribution: 'unknown',
      actions: expect.any(Array),
    });
    const [scheduled] = rowsOf(await cockpit(`${site()}&state=SCHEDULED`));
    expect(scheduled).toMatchObject({ scheduled_start: WINDOW.start, sla_delay_attribution: 'provider' });
    const [held] = rowsOf(await cockpit(`${site()}&state=ON_HOLD`));
    expect(held).toMatchObject({ sla_clock: 'paused', assigned_tech: tickets.techId });
    const [waiting] = rowsOf(await cockpit(`${site()}&state=APPROVAL_REQUIRED`));
    expect(waiting).toMatchObject({ sla_delay_attribution: 'customer' });
  });

  test('who asked, for what, and when', async () => {
    expect(
      await cockpit(`${site()}&state=NEW,CLOSED&sla_status=breach`, {
        as: actor('assistant', { 'x-actor-type': 'AGENT' }),
      }),
    ).toMatchObject({
      generated_at: iso(),
      actor: {
        actor_id: 'assistant-1',
        actor_role: 'dispatcher',
        actor_type: 'AGENT',
        tool_name: 'dispatcher.cockpit',
      },
      filters_applied: { site_id: [tickets.siteId], state: ['NEW', 'CLOSED'], sla_status: ['breach'] },
      queue: [],
      next_cursor: null,
      counts: { by_state: {}, by_sla_status: { breach: 0, warning: 0, healthy: 0 } },
      selected_ticket: null,
    });
    expect(at(await cockpit(''), 'filters_applied')).toEqual({});
  });

  test('a selected ticket is shown beside the queue, as its own reads show it', async () => {
    const closed = id('CLOSED');
    const { selected_ticket, queue } = Object(await cockpit(`${site()}&state=NEW&ticket_id=${closed.toUpperCase()}`));
    expect(selected_ticket).toEqual({
      ticket: (await api.run('ticket.get', { id: closed })).json,
      timeline: (await api.run('ticket.timeline', { id: closed })).json,
      evidence_summary: { total_items: 3 },
    });
    expect(queue).toHaveLength(1);
  });

  test('a selected ticket that is not there, or outside the scope', async () => {
    const selecting = (one: string, as?: ReturnType<typeof actor>) =>
      api.run('dispatcher.cockpit', { query: `ticket_id=${one}`, ...(as && { as }) });
    expect(outcomeOf(await selecting(randomUUID()))).toBe('404 TICKET_NOT_FOUND');
    const elsewhere = actor('dispatcher', { 'x-site-scope': randomUUID() });
    expect(outcomeOf(await selecting(id('NEW'), elsewhere))).toBe('403 FORBIDDEN_SCOPE');
  });

  test('scope holds for rows and counts', async () => {
    for (const header of ['x-account-scope', 'x-site-scope']) {
      const json = await cockpit(site(), { as: actor('dispatcher', { [header]: randomUUID() }) });
      expect([rowsOf(json), at(json, 'counts.by_state')]).toEqual([[], {}]);
    }
    const as = actor('dispatcher', { 'x-account-scope': tickets.accountId, 'x-site-scope': tickets.siteId });
    expect(await queued(`state=NEW`, { as })).toEqual([id('NEW')]);
  });

  test('roles', async () => {
    for (const role of api.policy.roles)
      expect([role, outcomeOf(await api.run('dispatcher.cockpit', { as: role }))]).toEqual([
        role,
        role === 'dispatcher' ? '200' : '403 FORBIDDEN',
      ]);
  });

  const COMMANDS = {
    schedule_propose: 'schedule.propose',
    schedule_confirm: 'schedule.confirm',
    dispatch_assignment: 'assignment.dispatch',
  } as const;

  test.each(RESTING_STATES)('what a row in %s offers is what its commands accept', async (state) => {
    const acted = await tickets.ticketIn(state);
    const rows = rowsOf(await cockpit(`${site()}&state=${state}`));
    const row = rows.find((one) => at(one, 'ticket_id') === acted);
    expect(at(row, 'state')).toBe(state);
    const offered = codesOf(row);
    expect(offered).toMatchObject({ open_timeline: null, open_technician_packet: null });
    // Those that are refused first: they change nothing.
    for (const [action, tool] of Object.entries(COMMANDS).sort(
      ([a], [b]) => (offered[a] ? 0 : 1) - (offered[b] ? 0 : 1),
    )) {
      const body = { ...tickets.bodies[tool], ...(tool === 'assignment.dispatch' && { tech_id: tickets.techId }) };
      const reply = await api.run(tool, { id: acted, body });
      expect([action, at(reply.json, 'error.code') ?? null]).toEqual([action, offered[action]]);
    }
    const actions = at(row, 'actions');
    for (const action of Array.isArray(actions) ? actions : []) {
      expect(at(action, 'endpoint')).toContain(`/${acted}`);
      if (at(action, 'mutating') === false)
        expect(
          outcomeOf(await api.call({ method: String(at(action, 'method')), path: String(at(action, 'endpoint')) })),
        ).toBe('200');
    }
  });
});

describe('a queue under SLA', () => {
  let tickets: Tickets;
  /** Ids by name, in the order that the contract gives. */
  const order: string[] = [];
  const made: Record<string, string> = {};
  beforeAll(async () => {
    tickets = await groundOf(api);
    const start = time;
    const plan = [
      // name, minutes before now, priority, more
      ['stopped', 2_000, 'EMERGENCY', 'COMPLETED_PENDING_VERIFICATION'],
      ['breach of old', 1_000, 'URGENT', 'TRIAGED'],
      ['breach', 70, 'EMERGENCY', 'TRIAGED'],
      ['warning', 40, 'EMERGENCY', 'TRIAGED'],
      ['healthy, urgent', 200, 'URGENT', 'TRIAGED'],
      ['held since long', 20, 'EMERGENCY', 'ON_HOLD'],
      ['healthy', 5, 'ROUTINE', 'NEW'],
    ] as const;
    for (const [name, ago, priority, state] of [...plan].sort(([, a], [, b]) => b - a)) {
      time = start + 3_000 * MINUTE - ago * MINUTE;
      made[name] = state === 'TRIAGED' ? await tickets.ticketIn('NEW') : await tickets.ticketIn(state);
      const body = { ...tickets.bodies['ticket.triage'], priority };
      if (state === 'TRIAGED') await tickets.give('ticket.triage', { id: made[name], body });
    }
    time = start + 3_000 * MINUTE;
    order.push(
      'breach of old', // -760
      'breach', // -10
      'warning', // 20
      'healthy, urgent', // 40
      'held since long', // 60: its clock stands still
      'healthy', // 1435
      'stopped', // 60, and last all the same
    );
  });
  const names = (ids: readonly unknown[]) => ids.map((id) => Object.keys(made).find((name) => made[name] === id));
  const site = () => `site_id=${tickets.siteId}`;

  test('the order, and what each clock says', async () => {
    const rows = rowsOf(await cockpit(site()));
    expect(
      rows.map((row) => [
        ...names([at(row, 'ticket_id')]),
        at(row, 'sla_timer_remaining'),
        at(row, 'sla_status'),
        at(row, 'sla_clock'),
      ]),
    ).toEqual([
      ['breach of old', '-12:40', 'breach', 'running'],
      ['breach', '-00:10', 'breach', 'running'],
      ['warning', '00:20', 'warning', 'running'],
      ['healthy, urgent', '00:40', 'healthy', 'running'],
      ['held since long', '01:00', 'healthy', 'paused'],
      ['healthy', '23:55', 'healthy', 'running'],
      ['stopped', '01:00', 'healthy', 'stopped'],
    ]);
    expect(names(rows.map((row) => at(row, 'ticket_id')))).toEqual(order);
  });

  const CASES: readonly (readonly [string, readonly string[]])[] = [
    ['sla_status=breach', ['breach of old', 'breach']],
    ['sla_status=warning,breach', ['breach of old', 'breach', 'warning']],
    ['sla_status=healthy&priority=EMERGENCY', ['held since long', 'stopped']],
    ['priority=URGENT', ['breach of old', 'healthy, urgent']],
    ['state=ON_HOLD&state=NEW', ['held since long', 'healthy']],
    ['assigned_tech_id=TECH', ['held since long', 'stopped']],
    ['incident_type=cannot_secure_entry&sla_status=breach', ['breach of old', 'breach']],
    [`account_id=${randomUUID()}`, []],
  ];
  test.each(CASES)('%s', async (query, expected) => {
    const json = await cockpit(`${site()}&${query.replace('TECH', tickets.techId)}`);
    expect(names(rowsOf(json).map((row) => at(row, 'ticket_id')))).toEqual(expected);
    const counts: Readonly<Record<string, number>> = Object(at(json, 'counts.by_state'));
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(expected.length);
  });

  test.each([1, 2, 3, 6, 7])('page by page of %d, while others come and time goes on', async (limit) => {
    const walked = await pagesOf(
      api,
      'dispatcher.cockpit',
      'queue',
      { ...Object.fromEntries(new URLSearchParams(site())), priority: 'EMERGENCY,URGENT', limit: String(limit) },
      async () => {
        // What is past its place already is not met any more; the clocks stand where the first page read them.
        time += MINUTE;
      },
    );
    expect(names(walked.flat().map((row) => at(row, 'ticket_id')))).toEqual(order.filter((name) => name !== 'healthy'));
    time -= (walked.length - 1) * MINUTE;
  });
});

test.each([
  ['state', 'state=OPEN'],
  ['state', 'state=NEW,,CLOSED'],
  ['priority', 'priority=emergency'],
  ['sla_status', 'sla_status=late'],
  ['sla_status', 'sla_status=BREACH'],
  ['account_id', 'account_id=x'],
  ['site_id', 'site_id='],
  ['assigned_tech_id', 'assigned_tech_id=null'],
  ['incident_type', 'incident_type=%0A'],
  ['ticket_id', 'ticket_id=7'],
  ['ticket_id', `ticket_id=${randomUUID()}&ticket_id=${randomUUID()}`],
  ['limit', 'limit=201'],
  ['q', 'q=door'],
  ['cursor', `cursor=${Buffer.from('[]').toString('base64url')}`],
])('INVALID_QUERY names %s in ?%s', async (field, query) => {
  const { status, json } = await api.run('dispatcher.cockpit', { query });
  expect([status, at(json, 'error.code'), at(json, 'error.fields.0.field')]).toEqual([400, 'INVALID_QUERY', field]);
});

test.each([
  ['9999-12-31T23:59:59.999Z', 0, -2147483647, 1, '2026-01-01T00:00:00.000Z', 'a'],
  ['0001-01-01T00:00:00.000Z', 1, 2147483647, 2147483647, '9999-12-31T23:59:59.999Z', ''],
  ['2026-01-01T00:00:00.000Z', -2147483647, 0, -2147483647, '0001-01-01T00:00:00.000Z', '\u0000'],
])('a cursor that was made by hand is a page or a refusal: %j', async (...key) => {
  const query = `cursor=${Buffer.from(JSON.stringify(key)).toString('base64url')}`;
  expect(['200', '400 INVALID_QUERY']).toContain(outcomeOf(await api.run('dispatcher.cockpit', { query })));
});

test('a site whose name has changed shows its new one', async () => {
  const tickets = await groundOf(api);
  const id = await tickets.ticketIn('NEW');
  await tickets.give('site.put', { id: tickets.siteId, body: { ...tickets.bodies['site.put'], name: 'Pier 5' } });
  const [row] = rowsOf(await cockpit(`site_id=${tickets.siteId}`));
  expect([at(row, 'ticket_id'), at(row, 'site.name')]).toEqual([id, 'Pier 5']);
  expect(textAt(await api.run('ticket.get', { id }), 'site_id')).toBe(tickets.siteId);
});
