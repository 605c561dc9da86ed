import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { foldTicket, provenanceOf } from '@dispatch/commands';
import { EVENT_OF, foldEntry, KINDS } from '@dispatch/directory';
import { openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import { loadPolicy } from '@dispatch/policy';
import { folds, STATES, type Ticket } from '@dispatch/ticket';
import { history, type HistoryOptions } from './history.js';

const ENDS = Date.UTC(2026, 0, 1);

async function written(given: Partial<HistoryOptions> = {}) {
  const policy = await loadPolicy(join(import.meta.dirname, '../../../../policy'));
  const store = openMemoryEventStore();
  const events: Recorded[] = [];
  for (const { stream, expected, event } of history({ policy, tickets: 600, seed: 1, until: ENDS, ...given })) {
    const outcome = await store.append(stream, expected, event);
    if (!('written' in outcome)) throw new Error(`${stream} is not as the history has it: ${JSON.stringify(outcome)}`);
    events.push(outcome.written);
  }
  return { policy, events };
}

function ticketsOf(events: readonly Recorded[]): Ticket[] {
  const tickets = new Map<string, Ticket>();
  for (const event of events.filter(({ stream }) => stream.startsWith('ticket-')))
    tickets.set(event.stream, foldTicket(tickets.get(event.stream), event));
  return [...tickets.values()];
}

const isOpen = ({ state }: Ticket) => state !== 'CLOSED' && state !== 'CANCELLED';

test('a log takes it as it comes, in the order of time, over two years', async () => {
  const { events } = await written();
  const times = events.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const opened = events.filter(({ type }) => type === 'TicketCreated').map(({ at }) => Date.parse(at));
  expect(opened).toHaveLength(600);
  expect((Math.max(...opened) - Math.min(...opened)) / 86_400_000).toBeGreaterThan(720);
  expect(events.length / 600).toBeGreaterThan(9);
  expect(events.length / 600).toBeLessThan(14);
});

test('it has every kind of event, resting state and incident, and each ticket names what the directory holds', async () => {
  const { policy, events } = await written({ open: 0.5 });
  const tickets = ticketsOf(events);
  const types = [...KINDS.map((kind) => EVENT_OF[kind]), 'TicketCreated', ...Object.keys(folds)];
  expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(types.sort());
  const resting = STATES.filter((state) => state !== 'ON_SITE');
  expect([...new Set(tickets.map(({ state }) => state))].sort()).toEqual([...resting].sort());
  const incidents = new Set(tickets.map(({ incidentType }) => incidentType));
  expect(policy.templates.filter(({ incidentType }) => !incidents.has(incidentType))).toEqual([]);

  const entries = events.filter(({ stream }) => stream.startsWith('site-')).map((e) => foldEntry('site')(undefined, e));
  const accountOf = new Map(entries.map(({ id, entity }) => [id, entity.account_id]));
  expect(tickets.filter(({ siteId, accountId }) => accountOf.get(siteId) !== accountId)).toEqual([]);
});

test('each event says who asked what by which tool, as a command would have left it', async () => {
  const { policy, events } = await written({ tickets: 100 });
  const wrong = events.filter((event) => {
    const { actor, tool, endpoint, request, requestedAt, policyVersion } = provenanceOf(event);
    const row = policy.tool(tool) ?? policy.directoryTool(tool);
    const known = row?.roles.includes(actor.role) && endpoint === `${row.method} ${row.path}`;
    const spelled = Object.keys(request as object).every((name) => /^[a-z][a-z0-9_]*$/.test(name));
    return !known || !spelled || requestedAt !== event.at || policyVersion !== policy.version;
  });
  expect(wrong).toEqual([]);
  const triaged = events.find(({ type }) => type === 'TicketTriaged');
  expect(triaged && provenanceOf(triaged).request).toMatchObject({ incident_type: triaged?.data.incidentType });
});

test.each([
  [0, 0],
  [1, 200],
])('with a share of %d, %d of 200 tickets are open, and nothing happens after the end', async (open, count) => {
  const { events } = await written({ open, tickets: 200 });
  expect(Date.parse(events.at(-1)?.at ?? '')).toBeLessThan(ENDS);
  expect(ticketsOf(events).filter(isOpen)).toHaveLength(count);
});

test('a tenth is open without a word about it, and those are the recent ones', async () => {
  const tickets = ticketsOf((await written({ tickets: 1_000 })).events);
  const open = tickets.filter(isOpen);
  expect(open.length).toBeGreaterThan(70);
  expect(open.length).toBeLessThan(130);
  const recent = new Date(ENDS - 365 * 86_400_000).toISOString();
  expect(open.filter(({ createdAt }) => createdAt < recent).length).toBeLessThan(5);
});

test('the same options give the same history, and another seed another one', async () => {
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => written({ seed, tickets: 60 })));
  expect(same?.events).toEqual(one?.events);
  const ids = new Set(one?.events.map(({ id }) => id));
  expect(other?.events.filter(({ id }) => ids.has(id))).toEqual([]);
});
