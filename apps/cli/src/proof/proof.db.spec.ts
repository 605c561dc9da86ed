import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newSignerLine, openCheckpoint, signerOf } from '@dispatch/proof';
import { unzipSync } from 'fflate';
import { verifyBundle } from '../../../../libs/proof/src/bundle/verify.mjs';
import { createProofWorld, cutAfter, rewriteStream, type World } from '../../../../libs/proof/src/testing/world.js';
import { run } from '../program.js';

const line = newSignerLine('example.com/dispatch');
const { key } = signerOf(line);
let world: World;
let folder: string;
let stream: string;
beforeAll(async () => {
  world = await createProofWorld();
  folder = await mkdtemp(join(tmpdir(), 'dispatch-audit-'));
  expect(await said('seed', '--tickets', '3')).toMatchObject({ code: 0 });
  for await (const event of world.store.readAll({ after: 'start' }))
    if (event.stream.startsWith('ticket-')) stream = event.stream;
});
afterAll(async () => {
  await world.release();
  await rm(folder, { recursive: true });
});

/** A command line in this process, and all it said. */
async function said(...args: readonly string[]) {
  const [lines, notes]: [string[], string[]] = [[], []];
  const code = await run(args, {
    env: { DISPATCH_DATABASE_URL: world.url, DISPATCH_AUDIT_SIGNING_KEY: line },
    printer: { line: (text) => lines.push(text), note: (text) => notes.push(text), progress: () => undefined },
    signal: new AbortController().signal,
  });
  return { code, lines, notes };
}
const inFolder = (name: string) => join(folder, name);
const checkLog = () => said('audit', 'check-log', '--checkpoint', inFolder('head.txt'), '--key', key.text);

test('a head is signed on demand and printed as it is; its key is listed', async () => {
  expect(await said('audit', 'checkpoint')).toMatchObject({
    code: 1,
    notes: ['error: no tree head has been signed yet; --now signs one'],
  });
  const { code, lines } = await said('audit', 'checkpoint', '--now');
  const note = `${lines.join('\n')}\n`;
  expect([code, openCheckpoint(note, [key]).size]).toEqual([0, Number(await world.store.head())]);
  expect(await said('audit', 'checkpoint')).toMatchObject({ code: 0, lines });
  expect(await said('audit', 'keys')).toMatchObject({ code: 0, lines: [key.text] });
  await writeFile(inFolder('head.txt'), note);
});

test('tickets are exported once into a file for its owner, which verifies', async () => {
  const out = inFolder('bundle.zip');
  const id = stream.slice('ticket-'.length);
  const exported = await said('audit', 'export', id, id.toUpperCase(), '--out', out);
  expect(exported).toEqual({ code: 0, lines: [expect.stringContaining(`${out}: 1 ticket, `)], notes: [] });
  const members = Object.entries(unzipSync(await readFile(out))).map(
    ([name, bytes]) => [name, Buffer.from(bytes)] as const,
  );
  expect(verifyBundle(new Map(members), key.text).tickets).toEqual([stream]);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const again = await said('audit', 'export', id, '--out', out);
  expect(again).toMatchObject({ code: 1, notes: [`error: ${out} is there already`] });
  expect(await said('audit', 'export', 'door', '--out', out)).toMatchObject({
    code: 1,
    notes: ["error: door is no ticket's id"],
  });
});

test('the log is held against a head that was kept: as it was, rewritten, and cut', async () => {
  expect(await checkLog()).toMatchObject({
    code: 0,
    lines: [expect.stringMatching(/^the log holds the \d+ events that example\.com\/dispatch signed$/)],
  });
  const other = signerOf(newSignerLine('example.com/dispatch')).key.text;
  const untrusted = await said('audit', 'check-log', '--checkpoint', inFolder('head.txt'), '--key', other);
  expect(untrusted).toMatchObject({ code: 1, notes: ['error: no known key signed it'] });

  await rewriteStream(world, stream, (data, revision) => (revision === 0 ? { ...data, summary: 'another' } : data));
  expect(await checkLog()).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(new RegExp(`^the log is not what was signed: .* \\(${stream}, revision 0\\)$`))],
  });
  await cutAfter(world, '2');
  expect(await checkLog()).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(/^the log was cut: it has 2 events, and \d+ were signed; .* at position 3$/)],
  });
});
