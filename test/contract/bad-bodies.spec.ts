import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, startApi } from '../support/api.js';
import { type Command, groundOf, type Tickets } from '../support/tickets.js';
import { bodySchema, operationsOf, type Schema, wrongBodies } from './schemas.js';

let api: Api;
let tickets: Tickets;
let document: unknown;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
  document = (await api.call({ method: 'GET', path: '/openapi.json' })).json;
});
afterAll(() => api.close());

/** Whatever is sent, nothing is kept of it. */
let head: string;
beforeEach(async () => {
  head = await api.store.head();
});
afterEach(async () => {
  expect(await api.store.head()).toBe(head);
});

const ID = '6f1c1a0e-0000-4000-8000-00000000000c';

const COMMANDS: readonly Command[] = [
  'ticket.create',
  'ticket.request_info',
  'ticket.triage',
  'schedule.propose',
  'schedule.confirm',
  'schedule.reschedule',
  'assignment.dispatch',
  'assignment.reassign',
  'tech.check_in',
  'tech.request_change',
  'approval.decide',
  'work.hold',
  'work.resume',
  'closeout.add_evidence',
  'closeout.withdraw_evidence',
  'closeout.record_checklist',
  'tech.complete',
  'qa.verify',
  'billing.generate_invoice',
  'ticket.close',
  'ticket.cancel',
  'account.put',
  'site.put',
  'technician.put',
];

function schemaOf(tool: Command): Schema {
  const operation = operationsOf(document).find((one) => one.operation.operationId === tool)?.operation;
  const schema = operation && bodySchema(document, operation);
  if (!schema) throw new Error(`the OpenAPI document has no body for ${tool}`);
  return schema;
}

const send = (tool: Command, body: unknown) => tickets.give(tool, { id: ID, evidenceId: ID, body });

test('every command of the document that takes a body is tried here', () => {
  const commands = operationsOf(document).filter(({ operation }) => String(operation.operationId).includes('.'));
  const bodies = commands.filter(({ operation }) => bodySchema(document, operation));
  expect(bodies.map(({ operation }) => operation.operationId).sort()).toEqual([...COMMANDS].sort());
});

describe.each(COMMANDS)('%s', (tool) => {
  test('a wrong value of any field is refused, and the field is named', async () => {
    const wrong = wrongBodies(document, schemaOf(tool), tickets.bodies[tool]);
    const accepted: unknown[] = [];
    for (const { place, value, body } of wrong) {
      const reply = await send(tool, body);
      const [field = ''] = place.split(/[.[]/);
      const named = JSON.stringify(at(reply.json, 'error.fields') ?? '').includes(field);
      if (outcomeOf(reply) !== '400 INVALID_REQUEST' || !named)
        accepted.push([place, JSON.stringify(value).slice(0, 60), outcomeOf(reply), reply.text.slice(0, 200)]);
    }
    expect(accepted).toEqual([]);
    expect(wrong.length).toBeGreaterThan(4);
  });

  test('what is required is missed', async () => {
    const required = at(schemaOf(tool), 'required');
    const names: readonly unknown[] = Array.isArray(required) ? required : [];
    for (const name of names) {
      const body = Object.fromEntries(Object.entries(tickets.bodies[tool]).filter(([key]) => key !== name));
      const reply = await send(tool, body);
      expect([outcomeOf(reply), at(reply.json, 'error.fields.0.field')]).toEqual(['400 INVALID_REQUEST', name]);
    }
    expect(names).toEqual([...new Set(names)]);
  });

  test.each([
    ['[]', 'body'],
    ['[{}]', 'body'],
    ['null', 'body'],
    ['"{}"', 'body'],
    ['7', 'body'],
    ['true', 'body'],
    ['{"unknown":1}', 'unknown'],
    ['{"Summary":"x"}', 'Summary'],
    ['{"__proto__":{"summary":"x"}}', '__proto__'],
    ['{"constructor":1}', 'constructor'],
    ['{"toString":1}', 'toString'],
    ['{"hasOwnProperty":1}', 'hasOwnProperty'],
    ['{"expected_version":1e999}', 'expected_version'],
    ['{"nested":{"deep":[{"__proto__":1}]}}', 'nested.deep[0].__proto__'],
  ])('%s', async (body, field) => {
    const reply = await send(tool, body);
    expect(outcomeOf(reply)).toBe('400 INVALID_REQUEST');
    expect(reply.json).toMatchObject({
      error: { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });

  test.each([
    ['a body that ends early', '{"a":'],
    ['two bodies', '{}{}'],
    ['a comment', '{/* */}'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['a raw control character', '{"a":"\n"}'],
    ['a trailing comma', '{"a":1,}'],
    ['white space only', '  '],
    ['a byte order mark in the middle', '{\ufeff}'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['100,000 levels of lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['100,000 levels of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a form', 'a=1&b=2'],
  ])('%s is no JSON', async (_, body) => {
    expect(outcomeOf(await send(tool, body))).toBe('400 INVALID_JSON');
  });
});

test('an end before its start, or at it', async () => {
  const start = '2026-03-02T09:00:00Z';
  for (const end of [start, '2026-03-02T08:59:59.999Z', '2026-03-02T10:00:00+02:00']) {
    const option = await send('schedule.propose', { options: [{ start, end }] });
    expect([outcomeOf(option), at(option.json, 'error.fields.0.field')]).toEqual([
      '400 INVALID_REQUEST',
      'options[0].end',
    ]);
    const confirm = await send('schedule.confirm', { start, end });
    expect([outcomeOf(confirm), at(confirm.json, 'error.fields.0.field')]).toEqual(['400 INVALID_REQUEST', 'end']);
  }
});

test.each<readonly [Command, object, string]>([
  ['assignment.dispatch', { tech_id: ID, dispatch_mode: 'EMERGENCY_BYPASS' }, 'reason'],
  ['assignment.dispatch', { tech_id: ID, dispatch_mode: 'EMERGENCY_BYPASS', reason: 'too short' }, 'reason'],
  ['assignment.reassign', { override_type: 'reassign_tech', reason_code: 'other', note: 'for some reason' }, 'tech_id'],
  [
    'assignment.reassign',
    { override_type: 'reassign_provider', reason_code: 'other', note: 'for some reason' },
    'provider_id',
  ],
  ['qa.verify', { timestamp: '2026-03-01T08:00:00Z', result: 'FAIL' }, 'notes'],
  ['ticket.cancel', { reason: ' 123456789 ' }, 'reason'],
  ['work.hold', { reason_code: 'OTHER', note: '123456789' }, 'note'],
  ['schedule.reschedule', { reason: '123456789', requested_by: 'customer' }, 'reason'],
  ['closeout.withdraw_evidence', { reason: '123456789' }, 'reason'],
  ['ticket.create', { summary: 's'.repeat(501), account_id: ID, site_id: ID }, 'summary'],
  ['closeout.add_evidence', { kind: 'PHOTO', uri: 's3://a/b', checksum: `md5:${'a'.repeat(32)}` }, 'checksum'],
  ['site.put', { account_id: ID, name: 'n', address1: 'a', city: 'c', timezone: 'Mars/Olympus' }, 'timezone'],
])('%s %j lacks a good %s', async (tool, body, field) => {
  const reply = await send(tool, body);
  expect([outcomeOf(reply), at(reply.json, 'error.fields.0.field')]).toEqual(['400 INVALID_REQUEST', field]);
});

test('a null stands for nothing where a field may be absent', async () => {
  const asked = { priority: 'URGENT', incident_type: 'X', notes: null, nte_cents: null, risk_flags: null };
  expect(outcomeOf(await tickets.give('ticket.triage', { id: ID, body: asked, as: actor('agent') }))).toBe(
    '404 TICKET_NOT_FOUND',
  );
});
