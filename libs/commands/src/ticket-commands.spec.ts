import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decorated } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { parseUuid } from '@dispatch/ticket';
import * as order from '../../ticket/src/testing/commands.js';
import { accountId, at, id, known, siteId } from '../../ticket/src/testing/values.js';
import { ticketIdOf } from './identity.js';
import { callOf, newUuid } from './testing/calls.js';
import { type Desk, openDesk } from './testing/desk.js';
import { bypass, triaged } from './testing/lives.js';
import { accepted, NOON, rejected, shippedPolicy, ticketPath } from './testing/path.js';
import { wholeLog } from './testing/stores.js';

let policy: Policy;
let desk: Desk;

beforeAll(async () => {
  policy = await shippedPolicy();
});
beforeEach(() => {
  desk = openDesk({ policy });
});

describe('an answer', () => {
  test('of ticket.create is the ticket, 201, with where it stands in the log', async () => {
    const { body, eventId, ...answer } = await desk.does(order.create({ assetId: id(9) }));
    expect(answer).toEqual({ status: 201, version: 0, position: '1', replayed: false });
    const [event] = await wholeLog(desk.store);
    expect(event).toMatchObject({
      id: eventId,
      stream: `ticket-${ticketIdOf(known(parseUuid(eventId)))}`,
      type: 'TicketCreated',
    });
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        id: body.id,
        account_id: accountId,
        site_id: siteId,
        asset_id: id(9),
        state: 'NEW',
        priority: 'ROUTINE',
        incident_type: null,
        summary: 'Front door will not latch',
        description: null,
        nte_cents: 0,
        currency: 'USD',
        risk_flags: [],
        scheduled_start: null,
        scheduled_end: null,
        schedule_options: [],
        assigned_provider_id: null,
        assigned_tech_id: null,
        pending_approval: null,
        version: 0,
        created_at: new Date(NOON).toISOString(),
        updated_at: new Date(NOON).toISOString(),
      }),
    );
  });

  test('of a command on a ticket is the ticket, 200', async () => {
    const ticketId = await desk.aTicket();
    expect(await desk.does(order.triage(), { ticketId })).toMatchObject({
      status: 200,
      version: 1,
      body: { id: ticketId, state: 'TRIAGED', version: 1 },
    });
  });

  test('of closeout.add_evidence is the item, 201', async () => {
    const ticketId = await desk.aTicket();
    const checksum = `sha256:${'0'.repeat(64)}`;
    const command = order.addEvidence({ evidenceKey: 'photo', checksum, metadata: { z: 1, a: { y: 2, b: 3 } } });
    const { status, body, eventId } = await desk.does(command, { ticketId, actorId: 'tess' });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: eventId,
        ticket_id: ticketId,
        kind: 'PHOTO',
        uri: 's3://evidence/photo.jpg',
        checksum,
        metadata: { z: 1, a: { y: 2, b: 3 }, evidence_key: 'photo' },
        withdrawn: false,
        created_by: 'tess',
        created_at: new Date(NOON).toISOString(),
      },
    });
  });

  test('of tech.request_change is the ticket and the approval that it opened', async () => {
    const ticketId = await desk.aTicket(triaged, bypass, order.checkIn());
    const { status, body, eventId } = await desk.does(order.requestChange({ amountDeltaCents: undefined }), {
      ticketId,
    });
    const approval = {
      id: eventId,
      status: 'PENDING',
      approval_type: 'NTE_INCREASE',
      amount_delta_cents: 0,
      reason: 'the closer is worn out',
      requested_at: new Date(NOON).toISOString(),
    };
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ticket: { id: ticketId, state: 'APPROVAL_REQUIRED', pending_approval: approval }, approval },
    });
  });

  test('is repeated as it was, however far the ticket has come', async () => {
    const parts = { ticketId: await desk.aTicket(), key: newUuid() };
    const { replayed, ...first } = await desk.does(triaged, parts);
    await desk.does(bypass, { ticketId: parts.ticketId });
    for (const path of [desk.send, ticketPath(desk.store, { policy })]) {
      const again = accepted(await path(callOf(triaged, parts)));
      expect(again.replayed).toBe(!replayed);
      expect(JSON.stringify({ ...again, replayed: undefined })).toBe(JSON.stringify(first));
    }
  });

  test('of a repeated ticket.create is that of the ticket it opened, and opens no other', async () => {
    const key = newUuid();
    const first = await desk.does(order.create(), { key });
    expect(await desk.does(order.create(), { key })).toEqual({ ...first, replayed: true });
    expect(await wholeLog(desk.store)).toHaveLength(1);
  });
});

test.each([
  [{ accountKnown: async () => false }, { code: 'ACCOUNT_NOT_FOUND', details: { account_id: accountId } }],
  [{ accountOfSite: async () => undefined }, { code: 'SITE_NOT_FOUND', details: { site_id: siteId } }],
  [
    { accountOfSite: async () => id(66) },
    { code: 'SITE_ACCOUNT_MISMATCH', details: { site_id: siteId, account_id: accountId } },
  ],
])('the directory is asked for what a command names: %#', async (directory, rejection) => {
  const strangers = ticketPath(desk.store, { policy, directory });
  expect(rejected(await strangers(callOf(order.create())))).toEqual(rejection);
  expect(await wholeLog(desk.store)).toEqual([]);
});

test('a race that is lost five times is a version conflict', async () => {
  const ticketId = await desk.aTicket();
  const inner = desk.store;
  const contested = decorated(inner, {
    async append(stream, expected, event) {
      await ticketPath(inner, { policy })(callOf(order.addEvidence(), { ticketId }));
      return inner.append(stream, expected, event);
    },
  });
  expect(rejected(await ticketPath(contested, { policy })(callOf(triaged, { ticketId })))).toEqual({
    code: 'VERSION_CONFLICT',
    details: { expected_version: null, actual_version: 5 },
  });
});

describe('the event', () => {
  test('says who, by which tool, under which policy and what was asked', async () => {
    const key = newUuid();
    await desk.does(order.create(), { key, actorId: 'tess', role: 'agent' });
    const [event] = await wholeLog(desk.store);
    expect(event?.metadata).toEqual({
      actor: { id: 'tess', role: 'agent', type: 'HUMAN' },
      tool: 'ticket.create',
      endpoint: 'POST ticket.create',
      requestId: key,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      request: { accountId, siteId, summary: 'Front door will not latch' },
      requestedAt: new Date(NOON).toISOString(),
      correlationId: 'correlation',
      traceId: null,
      policyVersion: policy.version,
    });
  });

  test('never stands before the one before it, whatever the clock does', async () => {
    const clock = [at(10), at(3), at(20)].map((time) => Date.parse(time));
    const late = openDesk({ policy, clock: () => clock.shift() ?? 0 });
    await late.aTicket(order.requestInfo(), order.triage());
    const events = await wholeLog(late.store);
    expect(events.map((event) => [event.at, event.metadata.requestedAt])).toEqual([
      [at(10), at(10)],
      [at(10), at(3)],
      [at(20), at(20)],
    ]);
  });
});
