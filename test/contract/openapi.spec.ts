import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { newSignerLine, signerOf } from '@dispatch/proof';
import { parseInstant, parseUuid } from '@dispatch/ticket';
import { until } from '../../libs/projection/src/testing/world.js';
import { type Api, at, type Reply, startApi, type ToolAsk } from '../support/api.js';
import { groundOf, RESTING_STATES, type Tickets } from '../support/tickets.js';
import { bodySchema, isRecord, type Operation, operationsOf } from './schemas.js';

let api: Api;
let tickets: Tickets;
let document: unknown;
let operations: readonly Operation[];
/** Every answer that was given while tickets were led through their lives. */
const answers: { readonly tool: string; readonly ask: ToolAsk | undefined; readonly reply: Reply }[] = [];

beforeAll(async () => {
  const plain = await startApi({ signer: signerOf(newSignerLine('example.com/dispatch')) });
  api = {
    ...plain,
    async run(tool, ask) {
      const reply = await plain.run(tool, ask);
      answers.push({ tool, ask, reply });
      return reply;
    },
  };
  tickets = await groundOf(api);
  document = (await api.call({ method: 'GET', path: '/openapi.json' })).json;
  operations = operationsOf(document);
});
afterAll(() => api.close());

const NO_COMMANDS = ['uploadEvidence', 'rebuildProjection'];
const OPEN = [
  'GET /health health',
  'GET /ready ready',
  'GET /metrics metrics',
  'GET /ops/alerts alerts',
  'GET /ux/config pagesConfig',
  'GET /ux/me whoAmI',
  'GET /ux/policy pagesPolicy',
  'GET /ux/tickets/{id}/actions ticketActions',
  'GET /ux/stream ticketChanges',
  'GET /ops/projections projections',
  'POST /ops/projections/{name}/rebuild rebuildProjection',
  'GET /ops/rejections rejections',
];
/** Beside the tools whose rows of the policy they go by. None is a command. */
const BYTES = [
  'POST /tickets/{id}/evidence/uploads uploadEvidence',
  'GET /tickets/{id}/evidence/{evidenceId}/content readEvidence',
];

test('it has the rows of the policy, and what serves operators and pages', () => {
  const rows = [...api.policy.tools, ...api.policy.directory, ...api.policy.audit];
  const shown = operations.map(({ method, path, operation }) => `${method} ${path} ${String(operation.operationId)}`);
  expect(shown.sort()).toEqual(
    [...rows.map(({ method, path, tool }) => `${method} ${path} ${tool}`), ...OPEN, ...BYTES].sort(),
  );
});

test('it is an OpenAPI 3.1 document that hangs together', () => {
  expect(at(document, 'openapi')).toMatch(/^3\.1\.\d+$/);
  expect([at(document, 'info.title'), at(document, 'info.version')]).toEqual(['Dispatch', 'test']);
  for (const { path, operation, method } of operations) {
    const responses = operation.responses;
    expect(isRecord(responses) && Object.keys(responses).every((code) => /^([1-5]\d\d|default)$/.test(code))).toBe(
      true,
    );
    const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
    const inPath = parameters.filter((one) => at(one, 'in') === 'path');
    expect(inPath.map((one) => `{${String(at(one, 'name'))}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every((one) => at(one, 'required') === true)).toBe(true);
    const hasKey = parameters.some((one) => at(one, 'name') === 'Idempotency-Key');
    expect([path, hasKey]).toEqual([path, method !== 'GET' && !NO_COMMANDS.includes(String(operation.operationId))]);
  }
  for (const ref of JSON.stringify(document).match(/"#\/[^"]+"/g) ?? [])
    expect([ref, typeof at(document, ref.slice(3, -1).replaceAll('/', '.'))]).toEqual([ref, 'object']);
  expect(at(document, 'components.securitySchemes.bearer')).toEqual({
    scheme: 'bearer',
    bearerFormat: 'JWT',
    type: 'http',
  });
});

/** Checks values against schemas that stand in the document. */
function checker(): (schema: unknown, value: unknown) => unknown {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  ajv.addFormat('uuid', (text: string) => parseUuid(text) === text);
  ajv.addFormat('date-time', (text: string) => parseInstant(text) === text);
  const rebased = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"dispatch#/$defs/'));
  ajv.addSchema({ $id: 'dispatch', $defs: rebased(at(document, 'components.schemas')) });
  return (schema, value) => {
    const check = ajv.compile(Object(rebased(schema)));
    check(value);
    return check.errors ?? null;
  };
}

test('real answers and real bodies are as it says, over every state and every command', async () => {
  for (const state of RESTING_STATES) await api.run('tech.job_packet', { id: await tickets.ticketIn(state) });
  const id = await tickets.ticketIn('ON_HOLD');
  const evidence = await tickets.give('closeout.add_evidence', { id });
  await tickets.give('closeout.withdraw_evidence', { id, evidenceId: String(at(evidence.json, 'id')) });
  await tickets.give('assignment.reassign', { id });
  await tickets.give('work.resume', { id });
  await tickets.give('closeout.record_checklist', { id });
  await tickets.give('tech.request_change', { id });
  const approval_id = at((await api.run('ticket.get', { id })).json, 'pending_approval.id');
  await tickets.give('approval.decide', { id, body: { approval_id, decision: 'DENIED' } });
  await tickets.give('schedule.reschedule', { id: await tickets.ticketIn('SCHEDULED') });
  for (const tool of ['ticket.timeline', 'closeout.list_evidence', 'tech.job_packet']) await api.run(tool, { id });
  await api.run('ticket.list');
  await api.run('dispatcher.cockpit', { query: `ticket_id=${id}&state=${RESTING_STATES.join()}` });
  for (const [kind, entity] of [
    ['account', tickets.accountId],
    ['site', tickets.siteId],
    ['technician', tickets.techId],
  ] as const) {
    await tickets.give(`${kind}.put`, { id: entity });
    await api.run(`${kind}.get`, { id: entity });
    await api.run(`${kind}.list`);
  }
  const event = String((await tickets.give('ticket.create', {})).headers['dispatch-event-id']);
  const asAuditor = { as: 'auditor' };
  const proved = () => api.call({ method: 'GET', path: `/audit/proof/event/${event}`, as: 'auditor' });
  await until('a head covers it', async () => (await proved()).status === 200);
  for (const tool of ['audit.checkpoint', 'audit.keys', 'audit.denied']) await api.run(tool, asAuditor);
  await api.run('audit.prove_event', { id: event, ...asAuditor });
  await api.run('audit.prove_event', { id: randomUUID(), ...asAuditor });
  await api.run('audit.prove_consistency', { query: 'from=1', ...asAuditor });
  await api.run('ticket.get', { id: randomUUID() });
  await tickets.give('tech.complete', { id });
  await tickets.give('ticket.triage', { id });
  await tickets.give('ticket.triage', { id: 'no-uuid' });

  const faultsIn = checker();
  for (const { tool, ask, reply } of answers) {
    const operation = operations.find((one) => one.operation.operationId === tool)?.operation ?? {};
    const status = reply.status < 300 ? String(reply.status) : 'default';
    const answer = at(operation, `responses.${status}.content`);
    const schema = isRecord(answer) ? at(answer['application/json'], 'schema') : undefined;
    expect([tool, status, typeof schema]).toEqual([tool, status, 'object']);
    expect([tool, status, faultsIn(schema, reply.json)]).toEqual([tool, status, null]);
    const body = bodySchema(document, operation);
    if (status !== 'default' && body) expect([tool, faultsIn(body, ask?.body)]).toEqual([tool, null]);
  }
  const succeeded = new Set(answers.filter(({ reply }) => reply.status < 300).map(({ tool }) => tool));
  const served = operations.map(({ operation }) => String(operation.operationId)).filter((tool) => tool.includes('.'));
  expect([...succeeded].sort()).toEqual(served.sort());
});

test('the page to read it is HTML', async () => {
  const reply = await api.call({ method: 'GET', path: '/docs' });
  expect([reply.status, reply.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
  expect(reply.text).toContain('<html');
});

test.each([
  ['GET', '/health', undefined],
  ['GET', '/docs', undefined],
  ['GET', '/openapi.json', undefined],
  ['GET', '/nowhere', undefined],
  ['POST', '/tickets', '{'],
  ['POST', '/tickets', ' '.repeat(2 ** 20 + 1)],
])('%s %s answers with security headers', async (method, path, body) => {
  const { headers } = await api.call({ method, path, body });
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': expect.stringMatching(/^(DENY|SAMEORIGIN)$/),
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'strict-transport-security': expect.stringContaining('max-age='),
    'cache-control': 'no-store',
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
});
