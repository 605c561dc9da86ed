import { beforeAll, describe, expect, test } from '@jest/globals';
import { type EventStore, openMemoryEventStore } from '@dispatch/event-store';
import { type Instant, parseUuid, type Uuid } from '@dispatch/ticket';
import { testVault } from '../../privacy/src/testing/vault.js';
import * as order from '../../ticket/src/testing/commands.js';
import { at, id, techId } from '../../ticket/src/testing/values.js';
import { foldedStreams } from './streams.js';
import { callOf } from './testing/calls.js';
import { accepted, shippedPolicy, ticketPath } from './testing/path.js';
import { wholeLog } from './testing/stores.js';
import { foldTicket } from './ticket-codec.js';
import { type TicketReads, ticketReads } from './ticket-reads.js';

let store: EventStore;
let reads: TicketReads;
let ticketId: Uuid;
/** Of the commands, one a line: when they were given. */
const LIFE = [
  { at: at(0), command: order.create(), state: 'NEW' },
  { at: at(10), command: order.triage({ priority: 'EMERGENCY' }), state: 'TRIAGED' },
  {
    at: at(20),
    command: order.dispatch({ dispatchMode: 'EMERGENCY_BYPASS', reason: 'entry is wide open' }),
    state: 'DISPATCHED',
  },
  { at: at(30), command: order.checkIn({ location: { nearBy: 'yes' } }), state: 'IN_PROGRESS' },
];

beforeAll(async () => {
  store = openMemoryEventStore();
  const clock = LIFE.map((step) => Date.parse(step.at));
  const send = ticketPath(store, { policy: await shippedPolicy(), clock: () => clock.shift() ?? 0 });
  let opened: Uuid | undefined;
  for (const { command } of LIFE) {
    const { body } = accepted(await send(callOf(command, { ticketId: opened })));
    opened ??= parseUuid(body.id);
  }
  if (!opened) throw new Error('no ticket');
  ticketId = opened;
  reads = ticketReads(store, foldedStreams(store, foldTicket), testVault());
});

const stateAsOf = async (time: Instant) => (await reads.ticket(ticketId, { time }))?.state;

describe('a ticket', () => {
  test('now, with what another process has just written', async () => {
    expect(await reads.ticket(ticketId)).toMatchObject({ state: 'IN_PROGRESS', version: 3 });
  });

  test('as it was after each of its events', async () => {
    for (const [version, { state }] of LIFE.entries())
      expect(await reads.ticket(ticketId, { version })).toMatchObject({ state, version });
    expect(await reads.ticket(ticketId, { version: 4 })).toBeUndefined();
  });

  test('as it was at a time: with what happened up to that millisecond', async () => {
    expect(await stateAsOf(at(-1))).toBeUndefined();
    expect(await stateAsOf(at(0))).toBe('NEW');
    expect(await stateAsOf(at(9.999))).toBe('NEW');
    expect(await stateAsOf(at(10))).toBe('TRIAGED');
    expect(await stateAsOf(at(99))).toBe('IN_PROGRESS');
  });

  test('that does not exist', async () => {
    expect(await reads.ticket(id(404))).toBeUndefined();
    expect(await reads.ticket(id(404), { version: 0 })).toBeUndefined();
    expect(await reads.ticket(id(404), { time: at(0) })).toBeUndefined();
    expect(await reads.timeline(id(404), 0, 10)).toEqual([]);
    expect(await reads.timeline(id(404), 1, 10)).toEqual([]);
  });
});

describe('the timeline', () => {
  test('has an entry an event, each with the states around it', async () => {
    const entries = await reads.timeline(ticketId, 0, 500);
    expect(entries.map(({ type, before_state, after_state }) => [type, before_state, after_state])).toEqual([
      ['TicketCreated', null, 'NEW'],
      ['TicketTriaged', 'NEW', 'TRIAGED'],
      ['TechnicianDispatched', 'TRIAGED', 'DISPATCHED'],
      ['TechnicianCheckedIn', 'DISPATCHED', 'IN_PROGRESS'],
    ]);
    expect(entries.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(entries.map(({ created_at }) => created_at)).toEqual(LIFE.map((step) => step.at));
  });

  test('is the same in pages of any size', async () => {
    const whole = await reads.timeline(ticketId, 0, 500);
    for (const size of [1, 2, 3])
      for (let from = 0; from <= LIFE.length; from += size)
        expect(await reads.timeline(ticketId, from, size)).toEqual(whole.slice(from, from + size));
  });

  test('tells who did what, how, and what was decided', async () => {
    const [entry] = await reads.timeline(ticketId, 3, 1);
    const [recorded] = (await wholeLog(store)).slice(3);
    expect(entry).toEqual({
      id: recorded?.id,
      ticket_id: ticketId,
      sequence: 3,
      type: 'TechnicianCheckedIn',
      actor_type: 'HUMAN',
      actor_id: 'dana',
      actor_role: 'dispatcher',
      tool_name: 'tech.check_in',
      request_id: recorded?.metadata.requestId,
      correlation_id: 'correlation',
      trace_id: null,
      before_state: 'DISPATCHED',
      after_state: 'IN_PROGRESS',
      transitions: [
        { from: 'DISPATCHED', to: 'ON_SITE' },
        { from: 'ON_SITE', to: 'IN_PROGRESS' },
      ],
      payload: {
        endpoint: 'POST tech.check_in',
        requested_at: at(30),
        request: { timestamp: at(60), location: { nearBy: 'yes' } },
        arrived_at: at(60),
        location: { nearBy: 'yes' },
      },
      policy_version: recorded?.metadata.policyVersion,
      created_at: at(30),
    });
    expect((await reads.timeline(ticketId, 2, 1))[0]?.payload).toMatchObject({ tech_id: techId });
  });
});
