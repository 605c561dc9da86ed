import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadGuidance } from '@dispatch/policy';
import { readProcessSettings } from '@dispatch/process';
import { httpStatus } from '../../apps/dispatch-api/src/error-codes.js';
import { type ApiPage, apiPageOf } from '../../apps/tool-bridge/src/api-page.js';
import { openBridge } from '../../apps/tool-bridge/src/bridge.js';
import { readCommon, TOOLS_VARIABLES } from '../../apps/tool-bridge/src/config.js';
import { toolsThatDiffer } from '../../apps/tool-bridge/src/drift.js';
import { argumentOf } from '../../apps/tool-bridge/src/surface.js';
import { type Api, at, startApi } from '../support/api.js';
import { printedPage, toolTypes } from './page.js';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'apps/tool-bridge/src/generated');
let api: Api;
/** What the running API says of its tools. */
let page: ApiPage;

beforeAll(async () => {
  api = await startApi({ projections: false });
  const { json } = await api.call({ method: 'GET', path: '/openapi.json' });
  page = apiPageOf(
    json,
    api.policy.tools.map(({ tool }) => tool),
  );
});
afterAll(() => api.close());

async function expectPrinted(file: string, printed: string): Promise<void> {
  const path = join(folder, file);
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(path, printed);
  expect(await readFile(path, 'utf8')).toBe(printed);
}

test('the bridge keeps what the running API says of its tools', () => expectPrinted('api-page.ts', printedPage(page)));

test('the types of the library are those of the running API', () => expectPrinted('tool-types.ts', toolTypes(page)));

test('the running API serves each tool of the policy where the bridge goes, and asks for the same ids', async () => {
  const { json } = await api.call({ method: 'GET', path: '/openapi.json' });
  const operations = Object.entries(Object(at(json, 'paths'))).flatMap(([path, item]) =>
    Object.entries(Object(item)).map(([method, operation]) => [
      at(operation, 'operationId'),
      method.toUpperCase(),
      path,
    ]),
  );
  for (const { tool, method, path, mutating } of api.policy.tools) {
    expect(operations).toContainEqual([tool, method, path]);
    const inPath = page.operations[tool]?.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect([tool, inPath]).toEqual([tool, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    expect([tool, page.operations[tool]?.body !== undefined]).toEqual([tool, mutating]);
  }
  expect(argumentOf('evidenceId')).toBe('evidence_id');
});

test('a bridge beside an API of another release finds the tools that differ', async () => {
  const bridge = await openBridge({ ...readCommon({ DISPATCH_TOOLS_API_URL: api.url }), logLevel: 'silent' });
  expect(await toolsThatDiffer(bridge, page)).toEqual([]);
  const { CancelTicket = {}, ...schemas } = page.schemas;
  const older = { ...page, schemas: { ...schemas, CancelTicket: { ...CancelTicket, required: [] } } };
  expect(await toolsThatDiffer(bridge, older)).toEqual(['ticket.cancel']);
  await bridge.close();
});

/** What no call of a tool can meet: the bridge sends a token, a key and JSON, to paths that there are. */
const NEVER_MET = [
  'INVALID_JSON',
  'AUTH_REQUIRED',
  'MISSING_ACTOR_CONTEXT',
  'INVALID_ACTOR_CONTEXT',
  'MISSING_IDEMPOTENCY_KEY',
  'INVALID_IDEMPOTENCY_KEY',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'EVENT_NOT_FOUND',
  'CHECKPOINT_NOT_FOUND',
  'UPLOADS_NOT_AVAILABLE',
  'UPLOAD_MISMATCH',
  'ADDRESS_NOT_SIGNED',
  'EVIDENCE_NOT_STORED',
  'PROJECTION_NOT_FOUND',
  'REBUILD_RUNNING',
];

test('each refusal that an agent can meet has its advice, and stands in the guide', async () => {
  const { codes } = await loadGuidance(join(root, 'policy'), api.policy);
  const met = Object.keys(httpStatus).filter((code) => !NEVER_MET.includes(code));
  expect(met.filter((code) => !(code in codes))).toEqual([]);
  const guide = await readFile(join(root, 'docs/guides/agents.md'), 'utf8');
  const grouped = (code: string) => (code.endsWith('_NOT_FOUND') ? '…_NOT_FOUND' : code);
  expect(Object.keys(codes).filter((code) => !guide.includes(grouped(code)))).toEqual([]);
});

test('the variables of the bridge stop no other process, and stand in the documentation', async () => {
  const all = Object.fromEntries(TOOLS_VARIABLES.map((name) => [name, 'x']));
  expect(readProcessSettings(all).role).toBe('all');
  const page = await readFile(join(root, 'docs/configuration.md'), 'utf8');
  expect(TOOLS_VARIABLES.filter((name) => !page.includes(name))).toEqual([]);
});
