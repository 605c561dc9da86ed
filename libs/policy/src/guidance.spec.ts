import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PolicyFault } from './fault.js';
import { loadGuidance } from './guidance.js';
import { loadPolicy } from './load.js';

const shipped = join(import.meta.dirname, '../../../policy');
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'guidance-'));
  await cp(shipped, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true }));

const load = async () => loadGuidance(dir, await loadPolicy(dir));

/** Changes the text of the file; it must have had what is taken away. */
async function change(from: string, to: string): Promise<void> {
  const file = join(dir, 'guidance.json');
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`no ${from}`);
  await writeFile(file, text.replace(from, to));
}

test('each tool of the policy has its words, and nothing else has', async () => {
  const policy = await loadPolicy(dir);
  const { tools, prompts } = await load();
  expect(Object.keys(tools)).toEqual(policy.tools.map(({ tool }) => tool));
  expect(prompts.map(({ name }) => name)).toEqual(['intake', 'scheduling', 'closeout']);
});

test('it is no part of the policy: other words, the same version', async () => {
  const before = (await loadPolicy(dir)).version;
  await change('Use it to bill verified work.', 'Bill it.');
  expect((await load()).tools['billing.generate_invoice']?.when).toBe('Bill it.');
  expect((await loadPolicy(dir)).version).toBe(before);
});

test.each([
  ['"ticket.cancel": {', '"ticket.annul": {', "/tools: no entry for 'ticket.cancel'"],
  [
    '"tools": {',
    '"tools": { "ticket.steal": { "when": "x", "returns": "x", "refusals": ["FORBIDDEN"] },',
    "/tools/ticket.steal: unknown tool 'ticket.steal'",
  ],
  [
    '["INVALID_QUERY", "READ_MODEL_BEHIND"]',
    '["INVALID_QUERY", "LATE"]',
    "/tools/ticket.list/refusals/1: no advice for 'LATE'",
  ],
  ['{ticket.close}', '{ticket.shut}', "/prompts/2/steps/6: unknown tool 'ticket.shut'"],
  [
    '"changes": "The invoice is recorded.",',
    '',
    '/tools/billing.generate_invoice: tells what changes for a command, and only for one',
  ],
  ['"system_text"', '"our_text"', "missing key 'system_text'"],
])('%s → %s', async (from, to, message) => {
  await change(from, to);
  const fault = await load().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(PolicyFault);
  expect(fault).toMatchObject({ message: expect.stringContaining(message) });
});
