import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Recorded } from '@dispatch/event-store';
import { actor, type Api, at, outcomeOf, startApi, textAt } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';
import { UUID } from './life.js';

let api: Api;
let tickets: Tickets;
let time = Date.UTC(2026, 2, 1, 8);
beforeAll(async () => {
  // What comes from a ticket's own stream needs no read model.
  api = await startApi({ clock: () => time, projections: false });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const iso = (epochMs: number) => new Date(epochMs).toISOString();

describe('a ticket as it was', () => {
  let id: string;
  let opened: number;
  const bodies: unknown[] = [];
  beforeAll(async () => {
    opened = time;
    id = await tickets.ticketIn('NEW');
    bodies.push((await api.run('ticket.get', { id })).json);
    for (const priority of ['URGENT', 'EMERGENCY']) {
      time += 60_000;
      const body = { ...tickets.bodies['ticket.triage'], priority };
      bodies.push((await tickets.give('ticket.triage', { id, body })).json);
    }
  });
  const asOf = (moment: string | number) => api.run('ticket.get', { id, query: `as_of=${encodeURIComponent(moment)}` });

  test('by version, with its ETag; 404 for one that it has not reached', async () => {
    for (const [version, body] of bodies.entries()) {
      const reply = await asOf(version);
      expect(reply.json).toEqual(body);
      expect(reply.headers.etag).toBe(`"${version}"`);
    }
    expect(outcomeOf(await asOf(3))).toBe('404 TICKET_NOT_FOUND');
    expect(outcomeOf(await asOf(999_999_999_999_999))).toBe('404 TICKET_NOT_FOUND');
  });

  test('by time: what happened at that very millisecond counts; 404 before it existed', async () => {
    expect(outcomeOf(await asOf(iso(opened - 1)))).toBe('404 TICKET_NOT_FOUND');
    for (const [moment, version] of [
      [iso(opened), 0],
      [iso(opened + 59_999), 0],
      ['2026-03-01T09:01:00+01:00', 1],
      [iso(opened + 60_000), 1],
      [iso(opened + 120_000), 2],
      ['9999-12-31T23:59:59Z', 2],
    ] as const)
      expect([moment, (await asOf(moment)).json]).toEqual([moment, bodies[version]]);
  });

  test('now: the same as the last version', async () => {
    expect((await api.run('ticket.get', { id })).json).toEqual(bodies.at(-1));
  });

  test('HEAD tells the version without the body', async () => {
    const reply = await api.call({ method: 'HEAD', path: `/tickets/${id}` });
    expect([reply.status, reply.headers.etag, reply.text]).toEqual([200, '"2"', '']);
  });

  test('scope holds on every read', async () => {
    for (const tool of ['ticket.get', 'ticket.timeline', 'closeout.list_evidence'])
      for (const header of ['x-account-scope', 'x-site-scope']) {
        const reply = await api.run(tool, { id, as: actor('auditor', { [header]: randomUUID() }) });
        expect([tool, outcomeOf(reply)]).toEqual([tool, '403 FORBIDDEN_SCOPE']);
      }
    const as = actor('auditor', { 'x-account-scope': `${randomUUID()}, ${tickets.accountId.toUpperCase()}` });
    expect(outcomeOf(await api.run('ticket.get', { id, as }))).toBe('200');
    expect(outcomeOf(await api.run('ticket.get', { id: id.toUpperCase(), as }))).toBe('200');
  });
});

test('an entry of the timeline tells who asked what, by which tool, under which policy', async () => {
  const body = { ...tickets.bodies['ticket.create'], requester_contact: { name: 'Ines', ['x y']: [1] } };
  const key = randomUUID();
  const trace = 'a'.repeat(32);
  const created = await tickets.give('ticket.create', {
    key,
    body,
    as: actor('assistant', { 'x-actor-type': 'AGENT' }),
    headers: { 'x-correlation-id': 'call-7', traceparent: `00-${trace}-${'b'.repeat(16)}-01` },
  });
  const id = textAt(created, 'id');
  const { json } = await api.run('ticket.timeline', { id });
  expect(json).toEqual({
    ticket_id: id,
    next_cursor: null,
    events: [
      {
        id: created.headers['dispatch-event-id'],
        ticket_id: id,
        sequence: 0,
        type: 'TicketCreated',
        actor_type: 'AGENT',
        actor_id: 'assistant-1',
        actor_role: 'dispatcher',
        tool_name: 'ticket.create',
        request_id: key,
        correlation_id: 'call-7',
        trace_id: trace,
        before_state: null,
        after_state: 'NEW',
        transitions: [{ from: null, to: 'NEW' }],
        payload: {
          endpoint: 'POST /tickets',
          requested_at: iso(time),
          request: body,
          account_id: tickets.accountId,
          site_id: tickets.siteId,
          asset_id: null,
          summary: 'Shop door will not lock',
          description: null,
          nte_cents: 0,
          currency: 'USD',
        },
        policy_version: api.policy.version,
        created_at: iso(time),
      },
    ],
  });
});

test('without a correlation id there is a new one, and a malformed traceparent is no trace', async () => {
  const created = await tickets.give('ticket.create', { headers: { traceparent: '00-xyz-1-01' } });
  const { json } = await api.run('ticket.timeline', { id: textAt(created, 'id') });
  expect(at(json, 'events.0.correlation_id')).toMatch(UUID);
  expect(at(json, 'events.0.trace_id')).toBeNull();
});

describe('pages', () => {
  const EVENTS = 1_200;
  let id: string;
  beforeAll(async () => {
    id = await tickets.ticketIn('NEW');
    const first = await tickets.give('closeout.add_evidence', { id });
    const item = await api.store.find(String(first.headers['dispatch-event-id']));
    if (!item) throw new Error('the evidence was not recorded');
    await appendCopies(item, EVENTS - 2);
  });

  /** More of the same evidence, past the command path. */
  async function appendCopies(item: Recorded, count: number): Promise<void> {
    const appended = await Promise.all(
      Array.from({ length: count }, () => {
        const evidenceId = randomUUID();
        return api.store.append(item.stream, 'any', { ...item, id: evidenceId, data: { ...item.data, evidenceId } });
      }),
    );
    expect(appended.every((one) => 'written' in one)).toBe(true);
  }

  /** All pages of a list, one after another. */
  async function pagesOf(tool: string, list: string, limit: number | undefined): Promise<readonly unknown[][]> {
    const pages: unknown[][] = [];
    let cursor: unknown = null;
    do {
      const asked = { ...(limit && { limit: String(limit) }), ...(typeof cursor === 'string' && { cursor }) };
      const { json } = await api.run(tool, { id, query: new URLSearchParams(asked).toString() });
      const items = at(json, list);
      pages.push(Array.isArray(items) ? items : []);
      cursor = at(json, 'next_cursor');
    } while (cursor !== null);
    return pages;
  }

  test.each([
    [undefined, [500, 500, 200]],
    [500, [500, 500, 200]],
    [600 - 200, [400, 400, 400]],
    [450, [450, 450, 300]],
  ])('the timeline by %s', async (limit, sizes) => {
    const pages = await pagesOf('ticket.timeline', 'events', limit);
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    const events = pages.flat();
    expect(events.map((event) => at(event, 'sequence'))).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
    const times = events.map((event) => String(at(event, 'created_at')));
    expect(times).toEqual(times.toSorted());
  });

  test.each([
    [undefined, [500, 500, 199]],
    [109, Array<number>(11).fill(109)],
  ])('the evidence by %s', async (limit, sizes) => {
    const pages = await pagesOf('closeout.list_evidence', 'evidence', limit);
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    const ids = pages.flat().map((item) => at(item, 'id'));
    expect(new Set(ids).size).toBe(EVENTS - 1);
  });

  test('a page past the end is empty', async () => {
    const cursor = Buffer.from('v1:5000').toString('base64url');
    for (const [tool, list] of [
      ['ticket.timeline', 'events'],
      ['closeout.list_evidence', 'evidence'],
    ] as const)
      expect((await api.run(tool, { id, query: `cursor=${cursor}` })).json).toEqual({
        ticket_id: id,
        [list]: [],
        next_cursor: null,
      });
  });

  test('commands go on behind what is long', async () => {
    const reply = await tickets.give('ticket.triage', { id });
    expect([outcomeOf(reply), at(reply.json, 'version')]).toEqual(['200', EVENTS]);
  });
});
