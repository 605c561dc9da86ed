import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  leafOf,
  newSignerLine,
  openCheckpoint,
  provesConsistency,
  provesInclusion,
  type RunningTree,
  signerOf,
  startTree,
} from '@dispatch/proof';
import { until } from '../../libs/projection/src/testing/world.js';
import { actor, type Api, at, outcomeOf, type Reply, startApi, textAt } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const signer = signerOf(newSignerLine('example.com/dispatch'));
let api: Api;
let tickets: Tickets;
let eventId: string;
let tree: RunningTree;
/** Answers of the time before the tree was kept. */
let beforeAny: readonly Reply[];
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
  eventId = await anEvent();
  beforeAny = [
    await api.run('audit.checkpoint', asAuditor),
    await api.run('audit.prove_consistency', { query: 'from=1', ...asAuditor }),
    await proofOf(eventId),
  ];
  tree = startTree({ url: api.database.url, store: api.store, signer, everySeconds: 0, lookMs: 20 });
  await until('a head covers it', async () => (await proofOf(eventId)).status === 200);
});
afterAll(async () => {
  await tree.stop();
  await api.close();
});

const asAuditor = { as: 'auditor' };
const proofOf = (id: string, as: Parameters<Api['run']>[1] = asAuditor) => api.run('audit.prove_event', { id, ...as });
const headOf = async () => openCheckpoint(textAt(await api.run('audit.checkpoint', asAuditor), 'note'), [signer.key]);

async function anEvent(): Promise<string> {
  const { headers } = await tickets.give('ticket.create', {});
  return String(headers['dispatch-event-id']);
}

function hashesAt({ json }: Reply, path: string): readonly Buffer[] {
  const list = at(json, path);
  if (!Array.isArray(list)) throw new Error(`no list at ${path}`);
  return list.map((text: string) => Buffer.from(text, 'base64'));
}

test('the newest head is signed, as JSON or as the note alone', async () => {
  const reply = await api.run('audit.checkpoint', asAuditor);
  const note = textAt(reply, 'note');
  const head = openCheckpoint(note, [signer.key]);
  expect(reply.json).toMatchObject({
    origin: 'example.com/dispatch',
    size: head.size,
    root: head.root.toString('base64'),
    key_id: signer.key.id,
  });
  const plain = await api.run('audit.checkpoint', { ...asAuditor, headers: { accept: 'text/plain' } });
  expect([plain.headers['content-type'], plain.text]).toEqual(['text/plain; charset=utf-8', note]);
  expect(at((await api.run('audit.keys', asAuditor)).json, 'keys.0')).toMatchObject({
    name: 'example.com/dispatch',
    key_id: signer.key.id,
    public_key: signer.key.text,
  });
});

test('an event is proved to be under a head, by what its entry of the log says', async () => {
  const reply = await proofOf(eventId);
  const event = await api.store.find(eventId);
  const head = openCheckpoint(textAt(reply, 'checkpoint.note'), [signer.key]);
  expect(reply.json).toMatchObject({ event_id: eventId, stream: event?.stream, event_hash: event?.hash });
  const index = Number(at(reply.json, 'leaf_index'));
  const leaf = event ? leafOf(event) : Buffer.alloc(0);
  expect(provesInclusion(index, head.size, leaf, hashesAt(reply, 'proof'), head.root)).toBe(true);
});

test('a later head is proved to hold an earlier one', async () => {
  const older = await headOf();
  await anEvent();
  await until('there is a newer head', async () => (await headOf()).size > older.size);
  const reply = await api.run('audit.prove_consistency', { query: `from=${older.size}`, ...asAuditor });
  const newer = { size: Number(at(reply.json, 'to.size')), root: Buffer.from(textAt(reply, 'to.root'), 'base64') };
  expect(newer.size).toBeGreaterThan(older.size);
  expect(provesConsistency({ older, newer }, hashesAt(reply, 'proof'))).toBe(true);
  const both = await api.run('audit.prove_consistency', { query: `from=1&to=${older.size}`, ...asAuditor });
  expect(at(both.json, 'to')).toEqual({ size: older.size, root: older.root.toString('base64') });
});

test('auditors and admins may; nobody else', async () => {
  const statuses = await Promise.all(
    api.policy.roles.map(async (as) => [as, outcomeOf(await api.run('audit.checkpoint', { as }))]),
  );
  const may = (role: string) => (['admin', 'auditor'].includes(role) ? '200' : '403 FORBIDDEN');
  expect(statuses).toEqual(api.policy.roles.map((role) => [role, may(role)]));
  expect(outcomeOf(await api.run('audit.keys', { ...asAuditor, headers: { 'x-tool-name': 'ticket.get' } }))).toBe(
    '403 TOOL_NOT_ALLOWED',
  );
});

test('a proof of an event is for those who may see its ticket', async () => {
  const scoped = (accounts: string) => ({ as: actor('auditor', { 'x-account-scope': accounts }) });
  expect(outcomeOf(await proofOf(eventId, scoped(tickets.accountId)))).toBe('200');
  expect(outcomeOf(await proofOf(eventId, scoped(randomUUID())))).toBe('403 FORBIDDEN_SCOPE');
  let policyEvent = '';
  for await (const event of api.store.readAll({ after: 'start' })) {
    policyEvent = event.id;
    break;
  }
  expect(outcomeOf(await proofOf(policyEvent, scoped(tickets.accountId)))).toBe('403 FORBIDDEN_SCOPE');
  expect(outcomeOf(await proofOf(policyEvent))).toBe('200');
});

test('what is not there, or is no question, is refused by its code', async () => {
  expect(outcomeOf(await proofOf(randomUUID()))).toBe('404 EVENT_NOT_FOUND');
  expect(outcomeOf(await proofOf('no-uuid'))).toBe('400 INVALID_REQUEST');
  const consistency = async (query: string) =>
    outcomeOf(await api.run('audit.prove_consistency', { query, ...asAuditor }));
  for (const query of ['', 'from=0', 'from=01', 'from=2&to=1', 'from=1&to=999999', 'from=1&from=2', 'from=1&size=2'])
    expect([query, await consistency(query)]).toEqual([query, '400 INVALID_QUERY']);
  expect(outcomeOf(await api.call({ method: 'POST', path: '/audit/checkpoint', ...asAuditor }))).toBe(
    '405 METHOD_NOT_ALLOWED',
  );
});

test('before a head is signed there is none, and an event that none covers is not proved', () => {
  expect(beforeAny.map(outcomeOf)).toEqual([
    '404 CHECKPOINT_NOT_FOUND',
    '404 CHECKPOINT_NOT_FOUND',
    '503 READ_MODEL_BEHIND',
  ]);
  expect(beforeAny[2]?.headers['retry-after']).toBe('1');
});
