import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { verifyLog } from '@dispatch/audit';
import { recordPolicy } from '@dispatch/commands';
import { openPostgresLogTexts } from '@dispatch/event-store';
import { type EvidenceStore, openS3Store } from '@dispatch/evidence';
import { type Api, at, outcomeOf, startApi, textAt } from '../support/api.js';
import { CREDENTIALS, type S3Double, startS3 } from '../support/s3.js';
import { DONE, EVIDENCE, groundOf, type Tickets } from '../support/tickets.js';

let s3: S3Double;
let ahead = 0;
let store: EvidenceStore;
let api: Api;
let strict: Api;
let tickets: Tickets;
beforeAll(async () => {
  s3 = await startS3(() => Date.now() + ahead);
  const place = { scheme: 's3', bucket: 'evidence-of-ours', prefix: 'dispatch/' };
  store = await openS3Store({ ...place, ...CREDENTIALS, endpoint: s3.url, clock: Date.now });
  api = await startApi({ evidence: { store, strict: false, maxBytes: 10_000, waitMs: 300 } });
  strict = await startApi({
    database: api.database,
    projections: false,
    evidence: { store, strict: true, maxBytes: 10_000 },
  });
  await recordPolicy(api.store, api.policy, Date.now, 'test');
  tickets = await groundOf(api);
});
afterEach(() => {
  s3.mood = 'well';
  ahead = 0;
});
afterAll(async () => {
  await strict.close();
  await api.close();
  store.close();
  await s3.close();
});

const photo = () => randomBytes(5_000);
const hex = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const uploadOf = (id: string, bytes: Buffer) =>
  api.call({
    path: `/tickets/${id}/evidence/uploads`,
    body: { content_type: 'image/png', size_bytes: bytes.length, checksum: `sha256:${hex(bytes)}` },
  });
const put = async (url: string, body: Buffer, headers: object) =>
  (await fetch(url, { method: 'PUT', headers: { ...headers }, body: new Uint8Array(body) })).status;

async function attached(id: string, evidence_key: string, bytes = photo()): Promise<string> {
  const { json } = await uploadOf(id, bytes);
  expect(await put(String(at(json, 'upload.url')), bytes, Object(at(json, 'upload.headers')))).toBe(200);
  const { uri, checksum } = Object(json);
  const body = { kind: 'PHOTO', uri, checksum, evidence_key };
  return textAt(await tickets.give('closeout.add_evidence', { id, body }), 'id');
}
const keyOf = (uri: string) => uri.replace('s3://', '/');
const completion = { checklist_status: DONE, no_signature_reason: 'nobody was there to sign' };

test('an address is good for these bytes, with these headers, for ten minutes, and for nothing else', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  const bytes = photo();
  const upload = await uploadOf(id, bytes);
  const url = textAt(upload, 'upload.url');
  const headers = Object(at(upload.json, 'upload.headers'));
  expect(textAt(upload, 'uri')).toBe(`s3://evidence-of-ours/dispatch/${id}/${hex(bytes)}.png`);
  expect(url.startsWith(`${s3.url}/evidence-of-ours/dispatch/${id}/${hex(bytes)}.png?`)).toBe(true);
  expect(headers).toEqual({
    'content-type': 'image/png',
    'x-amz-checksum-sha256': Buffer.from(hex(bytes), 'hex').toString('base64'),
  });
  const other = photo();
  const othersSum = Buffer.from(hex(other), 'hex').toString('base64');
  expect(await put(url, other, headers)).toBe(400);
  expect(await put(url, other, { ...headers, 'x-amz-checksum-sha256': othersSum })).toBe(403);
  expect(await put(url, bytes, { ...headers, 'content-type': 'text/html' })).toBe(403);
  expect(await put(url, bytes.subarray(1), headers)).toBe(403);
  expect(await put(url.replace('.png', '.jpg'), bytes, headers)).toBe(403);
  expect((await fetch(url)).status).toBe(403);
  ahead = 601_000;
  expect(await put(url, bytes, headers)).toBe(403);
  expect(s3.objects.size).toBe(0);
  ahead = 0;
  expect(await put(url, bytes, headers)).toBe(200);
  expect(await put(url, bytes, headers)).toBe(200);
});

test('what is stored is read by a signed address, as its type and nothing else', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  const bytes = photo();
  const evidenceId = await attached(id, EVIDENCE[0], bytes);
  const read = await api.call({ method: 'GET', path: `/tickets/${id}/evidence/${evidenceId}/content` });
  const response = await fetch(textAt(read, 'url'));
  expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([
    200,
    'image/png',
    `inline; filename="${hex(bytes)}.png"`,
  ]);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  ahead = 301_000;
  expect((await fetch(textAt(read, 'url'))).status).toBe(403);
});

test('a closeout asks the bucket, and counts what it has with its checksum', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  for (const key of EVIDENCE) await attached(id, key);
  const elsewhere = 's3://evidence/elsewhere.jpg';
  const item = await tickets.give('closeout.add_evidence', { id, body: { kind: 'PHOTO', uri: elsewhere } });
  const list = at((await api.run('closeout.list_evidence', { id })).json, 'evidence.0.uri');
  const lost = s3.objects.get(keyOf(String(list)));
  if (!lost) throw new Error('it was not stored');
  const complete = (on: Api) => on.run('tech.complete', { id, body: completion });
  const invalid = async (on: Api) => at((await complete(on)).json, 'error.invalid_evidence_refs');

  s3.objects.delete(keyOf(String(list)));
  expect(await invalid(api)).toEqual([list]);
  expect(await invalid(strict)).toEqual([list, elsewhere].sort());
  s3.objects.set(keyOf(String(list)), { ...lost, checksum: undefined });
  expect(await invalid(api)).toEqual([list]);
  s3.objects.set(keyOf(String(list)), lost);
  expect(await invalid(strict)).toEqual([elsewhere]);
  const withdrawal = { reason: 'it is kept elsewhere' };
  await tickets.give('closeout.withdraw_evidence', { id, evidenceId: textAt(item, 'id'), body: withdrawal });

  // Nobody is asked before the role, the scope and the state are right, nor for what judges no closeout.
  const before = s3.requests.length;
  await tickets.give('closeout.record_checklist', { id });
  await api.run('tech.complete', { id, as: 'qa', body: completion });
  await tickets.give('qa.verify', { id });
  expect(s3.requests.slice(before)).toEqual([]);
  expect((await complete(api)).status).toBe(200);
  expect(s3.requests.slice(before).length).toBe(EVIDENCE.length);
});

test.each(['unwell', 'silent'] as const)(
  'while the bucket is %s a closeout changes nothing, and a repeat is answered',
  async (mood) => {
    const id = await tickets.ticketIn('IN_PROGRESS');
    for (const key of EVIDENCE) await attached(id, key);
    const complete = (key?: string) => api.run('tech.complete', { id, key, body: completion });
    const head = await api.store.head();
    s3.mood = mood;
    const key = randomUUID();
    const refused = await complete(mood === 'silent' ? undefined : key);
    expect([outcomeOf(refused), refused.headers['retry-after']]).toEqual(['503 SERVICE_UNAVAILABLE', '1']);
    expect(refused.text).not.toContain('AKIDEXAMPLE');
    expect(await api.store.head()).toBe(head);
    s3.mood = 'well';
    const done = await complete(key);
    expect(done.status).toBe(200);

    s3.mood = mood;
    const again = await complete(key);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([done.text, 'true']);
    const verify = (more: object) =>
      tickets.give('qa.verify', { id, body: { ...tickets.bodies['qa.verify'], ...more } });
    expect((await verify({ result: 'FAIL', notes: 'the door still sticks' })).status).toBe(200);
    expect((await verify({})).status).toBe(503);
    s3.mood = 'well';
    expect((await verify({})).status).toBe(200);
  },
);

test('an auditor decides all of it again without the bucket', async () => {
  s3.mood = 'silent';
  const texts = openPostgresLogTexts({ url: api.database.url });
  const found: unknown[] = [];
  const { decided } = await verifyLog(texts, {
    objectStoreSchemes: ['s3'],
    onDifference: (difference) => found.push(difference),
  });
  await texts.close();
  expect(found).toEqual([]);
  expect(decided).toBeGreaterThan(40);
});
