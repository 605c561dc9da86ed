import { expect, test } from '@jest/globals';
import { ticketRequest } from '../../libs/audit/src/ticket-requests.js';
import { directoryRequest } from '../../libs/audit/src/directory-requests.js';
import { bodies } from '../../apps/dispatch-api/src/dto/bodies.js';
import { directoryBodies } from '../../apps/dispatch-api/src/dto/directory.js';
import { inputOf, parseBody } from '../../apps/dispatch-api/src/dto/parse-body.js';
import { commands } from '../../libs/ticket/src/testing/arbitrary.js';
import { entityOf, type Kind, KINDS } from '@dispatch/directory';
import type { Json, JsonObject } from '@dispatch/event-store';
import type { TicketCommand, Tool } from '@dispatch/ticket';
import fc from 'fast-check';

// The service reads a body with decorated classes, the audit with tables of its own: where the one accepts, the other
// must read the same, or honest events would be taken for forged ones.

const tools = Object.keys(bodies) as Tool[];
const ID = '5a0e5d59-9c1b-4f0d-8c1d-7a015b0f4c3a';

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const OPEN = new Set([
  'metadata',
  'location',
  'items',
  'checklistStatus',
  'requesterContact',
  'attachments',
  'partsUsed',
]);
const wire = (value: object): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== undefined && name !== 'evidenceId')
      .map(([name, inner]: [string, Json]) => [snakeCase(name), OPEN.has(name) ? inner : spelled(inner)]),
  );
const spelled = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(spelled);
  return value !== null && typeof value === 'object' ? wire(value) : value;
};

/** Spellings of one value that the edge takes for the same. */
const loosely = (value: Json): fc.Arbitrary<Json> => {
  if (typeof value === 'string')
    return fc.constantFrom(value, ` ${value} `, value.toUpperCase(), value.replace(/\.000Z$/, '+00:00'));
  if (Array.isArray(value)) return fc.tuple(...value.map(loosely));
  if (value === null || typeof value !== 'object') return fc.constant(value);
  return fc.record(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, loosely(inner ?? null)])), {
    noNullPrototype: true,
  });
};

/** A body as a client may have sent it: also with nothing said in other ways, and with a version. */
const bodyOf = <T extends Tool>(tool: T): fc.Arbitrary<JsonObject> =>
  (commands[tool] as fc.Arbitrary<TicketCommand>).chain(({ input }) =>
    fc
      .tuple(loosely(wire(input)), fc.constantFrom<JsonObject>({}, { expected_version: 3 }, { expected_version: null }))
      .map(([body, more]) => ({ ...(body as JsonObject), ...more })),
  );

test.each(tools)('what the service reads of a body of %s, the audit reads too', (tool) => {
  let accepted = 0;
  fc.assert(
    fc.property(bodyOf(tool), (body) => {
      const parsed = parseBody<object>(bodies[tool], body);
      if ('fields' in parsed) return;
      accepted += 1;
      const { expectedVersion, ...input } = inputOf(parsed.checked);
      const read = ticketRequest(tool, body, undefined);
      expect(read).toEqual({ command: { tool, input }, expectedVersion });
    }),
    { numRuns: 120 },
  );
  expect(accepted).toBeGreaterThan(0);
});

test('what is no body of its tool is not read', () => {
  const fault = (tool: string, body: Json) => {
    const read = ticketRequest(tool, body, undefined);
    return 'fault' in read ? read.fault : 'read';
  };
  expect(fault('ticket.get', {})).toBe('no command is called ticket.get');
  expect(fault('ticket.close', [])).toBe('the request is not an object');
  expect(fault('ticket.close', { why: 'done' })).toBe('why is not a known field');
  expect(fault('ticket.cancel', {})).toBe('reason is missing');
  expect(fault('ticket.cancel', { reason: 7 })).toBe('reason is not what the field takes');
  expect(fault('ticket.cancel', { reason: 'x', expected_version: 'new' })).toBe('expected_version is not a number');
  expect(fault('qa.verify', { timestamp: '2026-03-01T08:00:00Z', result: 'FAIL' })).toBe('notes is missing');
  expect(fault('qa.verify', { timestamp: '2026-03-01T08:00:00Z', result: 'PASS' })).toBe('read');
  expect(fault('schedule.propose', { options: [{ start: 'now' }] })).toBe('options is not what the field takes');
});

const statements: Readonly<Record<Kind, readonly JsonObject[]>> = {
  account: [{ name: ' Harbour Books ' }],
  site: [
    { account_id: ID.toUpperCase(), name: 'Pier 4', address1: ' 4 Pier Road', city: 'Oakland' },
    {
      account_id: ID,
      name: 'Pier 4',
      address1: '4 Pier Road',
      address2: '',
      city: 'Oakland',
      region: null,
      country: 'CA',
      timezone: 'America/Toronto',
      access_instructions: ' ring twice ',
      contacts: [{ name: ' Ines ', phone: '+1 510 555 0100', escalation_level: 1, is_authorized_approver: true }],
    },
  ],
  technician: [{ name: 'Mo' }, { name: 'Mo', skills: [' locks '], provider_id: ID.toUpperCase(), active: false }],
};

test.each(KINDS)('what the service makes of a statement of %s, the audit makes too', (kind) => {
  for (const body of statements[kind]) {
    const parsed = parseBody<object>(directoryBodies[kind], body);
    if ('fields' in parsed) throw new Error(JSON.stringify(parsed.fields));
    const entity = (entityOf[kind] as (said: object) => object)(parsed.checked);
    expect(directoryRequest(kind, body)).toEqual({ entity });
  }
  expect(directoryRequest(kind, { nickname: 'x' })).toHaveProperty('fault');
});
