import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FolderStore, openFolderStore } from '@dispatch/evidence';
import { until } from '../../libs/projection/src/testing/world.js';
import { actor, type Api, at, type Ask, outcomeOf, type Reply, startApi, textAt } from '../support/api.js';
import { DONE, EVIDENCE, groundOf, type Tickets } from '../support/tickets.js';

const MAX_BYTES = 3 * 1024 * 1024;
let dir: string;
/** Milliseconds that the clock of signatures is ahead. */
let ahead = 0;
let store: FolderStore;
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dispatch-evidence-'));
  store = await openFolderStore({ dir, scheme: 's3', clock: () => Date.now() + ahead });
  api = await startApi({ evidence: { store, strict: false, maxBytes: MAX_BYTES } });
  tickets = await groundOf(api);
});
afterEach(() => {
  ahead = 0;
});
afterAll(async () => {
  await api.close();
  await rm(dir, { recursive: true });
});

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const photo = (size = 2_000) => randomBytes(size);
const asked = (bytes: Buffer, more: object = {}) => ({
  content_type: 'image/jpeg',
  size_bytes: bytes.length,
  checksum: sha256(bytes),
  ...more,
});

/** Asks for an address to put bytes to. */
const uploadOf = (id: string, body: unknown, ask: Partial<Ask> = {}): Promise<Reply> =>
  api.call({ path: `/tickets/${id}/evidence/uploads`, key: null, as: 'tech', body, ...ask });

const put = (upload: Reply, body: Buffer, headers: object = {}): Promise<Reply> =>
  api.call({
    method: 'PUT',
    path: textAt(upload, 'upload.url'),
    as: {},
    key: null,
    body,
    headers: { 'content-type': textAt(upload, 'upload.headers.content-type'), ...headers },
  });

/** Without a length, and more of it than a first packet: the outcome as it is told while the rest is on its way. */
function chunked(upload: Reply, ...pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = new URL(textAt(upload, 'upload.url'), api.url);
    const sending = request(url, { method: 'PUT', headers: { 'content-type': 'image/jpeg' } }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve(`${response.statusCode} ${String(at(JSON.parse(text), 'error.code'))}`));
    });
    sending.on('error', reject);
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
}

/** All files of the store. */
const kept = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map(({ name }) => name)
    .sort();

test('bytes are put by a signed address, attached, and read by another', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  const before = await api.store.head();
  const bytes = photo(2_500_000);
  const upload = await uploadOf(id, asked(bytes, { file_name: 'door.jpg' }));
  expect(upload.status).toBe(201);
  expect(upload.json).toEqual({
    upload: {
      method: 'PUT',
      url: expect.stringMatching(/^\/evidence\/objects\//),
      headers: { 'content-type': 'image/jpeg' },
      expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
    },
    uri: `s3://dispatch-uploads/${id}/${sha256(bytes).slice(7)}.jpg`,
    checksum: sha256(bytes),
  });
  expect(await put(upload, bytes)).toMatchObject({ status: 204, text: '' });
  expect(await api.store.head()).toBe(before);

  const { uri, checksum } = Object(upload.json);
  const item = await tickets.give('closeout.add_evidence', { id, body: { kind: 'PHOTO', uri, checksum } });
  const evidenceId = textAt(item, 'id');
  const read = await api.call({ method: 'GET', path: `/tickets/${id}/evidence/${evidenceId}/content`, as: 'qa' });
  expect(read.json).toMatchObject({ content_type: 'image/jpeg', expires_at: expect.stringMatching(/Z$/) });
  const content = await rawGet(textAt(read, 'url'));
  expect(content.status).toBe(200);
  expect(content.bytes.equals(bytes)).toBe(true);
  expect(content.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(bytes.length),
    'content-disposition': `inline; filename="${sha256(bytes).slice(7)}.jpg"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
  });
});

async function rawGet(path: string) {
  const response = await fetch(`${api.url}${path}`);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

const attach = async (id: string, body: object) =>
  textAt(await tickets.give('closeout.add_evidence', { id, body: { kind: 'PHOTO', ...body } }), 'id');
const contentOf = (id: string, evidenceId: string, as: Ask['as'] = 'qa') =>
  api.call({ method: 'GET', path: `/tickets/${id}/evidence/${evidenceId}/content`, as });

/** An object that is there, as evidence is attached by. */
async function uploaded(id: string, bytes = photo()): Promise<{ uri: string; checksum: string }> {
  const upload = await uploadOf(id, asked(bytes));
  expect((await put(upload, bytes)).status).toBe(204);
  return { uri: textAt(upload, 'uri'), checksum: textAt(upload, 'checksum') };
}

describe('who may', () => {
  let id: string;
  beforeAll(async () => {
    id = await tickets.ticketIn('IN_PROGRESS');
  });

  test('upload: whoever may attach, where it may be attached', async () => {
    const body = asked(photo());
    const outcome = async (ticket: string, ask: Partial<Ask>) => outcomeOf(await uploadOf(ticket, body, ask));
    const roles = await Promise.all(api.policy.roles.map(async (as) => [as, await outcome(id, { as })] as const));
    const may = api.policy.tool('closeout.add_evidence')?.roles ?? [];
    expect(roles).toEqual(api.policy.roles.map((as) => [as, may.includes(as) ? '201' : '403 FORBIDDEN']));
    const scoped = actor('tech', { 'x-account-scope': randomUUID() });
    const bound = (technician: string) => actor('tech', { 'x-technician-id': technician });
    expect(await outcome(id, { as: scoped })).toBe('403 FORBIDDEN_SCOPE');
    expect(await outcome(id, { as: bound(randomUUID()) })).toBe('403 FORBIDDEN_SCOPE');
    expect(await outcome(id, { as: bound(tickets.techId) })).toBe('201');
    expect(await outcome(id, { headers: { 'x-tool-name': 'tech.complete' } })).toBe('403 TOOL_NOT_ALLOWED');
    expect(await outcome(randomUUID(), {})).toBe('404 TICKET_NOT_FOUND');
    expect(await outcome('x', {})).toBe('400 INVALID_TICKET_ID');
    expect(await outcome(await tickets.ticketIn('CANCELLED'), {})).toBe('409 INVALID_STATE_TRANSITION');
  });

  test('read: whoever may read the list, of what the ticket itself has in the store', async () => {
    const evidenceId = await attach(id, await uploaded(id));
    const other = await tickets.ticketIn('NEW');
    const stolen = await attach(other, await uploaded(id));
    const elsewhere = await attach(id, { uri: 's3://evidence/photo.jpg' });
    const upwards = await attach(id, { uri: `s3://dispatch-uploads/${id}/../../signing-key` });
    const scoped = actor('qa', { 'x-site-scope': randomUUID() });
    const outcomes = [
      contentOf(id, evidenceId, 'customer'),
      contentOf(id, evidenceId, scoped),
      contentOf(id, evidenceId, {}),
      contentOf(other, evidenceId),
      contentOf(id, randomUUID()),
      contentOf(id, 'x'),
      contentOf(other, stolen),
      contentOf(id, elsewhere),
      contentOf(id, upwards),
    ].map(async (reply) => outcomeOf(await reply));
    expect(await Promise.all(outcomes)).toEqual([
      '403 FORBIDDEN',
      '403 FORBIDDEN_SCOPE',
      '400 MISSING_ACTOR_CONTEXT',
      '404 EVIDENCE_NOT_FOUND',
      '404 EVIDENCE_NOT_FOUND',
      '400 INVALID_REQUEST',
      '404 EVIDENCE_NOT_STORED',
      '404 EVIDENCE_NOT_STORED',
      '404 EVIDENCE_NOT_STORED',
    ]);
  });

  test.each([
    ['content_type', { content_type: 'text/html' }],
    ['content_type', { content_type: 'image/svg+xml' }],
    ['content_type', { content_type: 'text/plain; charset=utf-8' }],
    ['size_bytes', { size_bytes: 0 }],
    ['size_bytes', { size_bytes: MAX_BYTES + 1 }],
    ['size_bytes', { size_bytes: 1.5 }],
    ['checksum', { checksum: 'md5:00' }],
    ['checksum', { checksum: undefined }],
    ['file_name', { file_name: 'x'.repeat(256) }],
    ['key', { key: '../x' }],
  ])('no upload with a wrong %s: %o', async (field, more) => {
    const reply = await uploadOf(id, asked(photo(), more));
    expect([outcomeOf(reply), at(reply.json, 'error.fields.0.field')]).toEqual(['400 INVALID_REQUEST', field]);
  });
});

describe('a signed address', () => {
  let id: string;
  let files: readonly string[];
  beforeAll(async () => {
    id = await tickets.ticketIn('IN_PROGRESS');
    files = await kept();
  });
  const none = '403 ADDRESS_NOT_SIGNED';

  test('is good for one object, size and method, and until it expires', async () => {
    const bytes = photo();
    const upload = await uploadOf(id, asked(bytes));
    const url = textAt(upload, 'upload.url');
    const [path = '', query = ''] = url.split('?');
    const as = { as: {}, key: null, body: bytes, headers: { 'content-type': 'image/jpeg' } };
    const sent = async (to: string, method = 'PUT') => outcomeOf(await api.call({ ...as, method, path: to }));
    const parts = new URLSearchParams(query);
    const signature = parts.get('signature') ?? '';
    const changed = (name: string, value: string) =>
      `${path}?${new URLSearchParams({ ...Object.fromEntries(parts), [name]: value }).toString()}`;
    expect(await sent(path)).toBe(none);
    expect(await sent(changed('size', '2001'))).toBe(none);
    expect(await sent(changed('expires', String(Number(parts.get('expires')) + 1)))).toBe(none);
    expect(
      await sent(
        changed(
          'signature',
          signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')),
        ),
      ),
    ).toBe(none);
    expect(await sent(changed('signature', ''))).toBe(none);
    expect(await sent(`${url}&size=2000`)).toBe(none);
    expect(await sent(url.replace(id, randomUUID()))).toBe(none);
    expect(await sent(url.replace('.jpg', '.png'))).toBe(none);
    expect(await sent(url, 'GET')).toBe(none);
    expect(outcomeOf(await api.call({ method: 'POST', path: url, as: {} }))).toBe('405 METHOD_NOT_ALLOWED');
    for (const up of [
      '..%2f..%2fsigning-key',
      '..',
      '%2e%2e%2f%2e%2e%2fsigning-key',
      'x.jpg',
      `${'0'.repeat(64)}.html`,
    ])
      expect([up, await sent(`/evidence/objects/${id}/${up}?${query}`)]).toEqual([
        up,
        expect.stringMatching(/^40[34] /),
      ]);
    ahead = 601_000;
    expect(await sent(url)).toBe(none);
    expect(await kept()).toEqual(files);
    ahead = 590_000;
    expect(await sent(url)).toBe('204');
    ahead = 0;

    const read = textAt(await contentOf(id, await attach(id, { uri: textAt(upload, 'uri') })), 'url');
    expect(await sent(read)).toBe(none);
    expect(await sent(`${read}&size=0`)).toBe(none);
    expect((await rawGet(read)).status).toBe(200);
    ahead = 301_000;
    expect((await rawGet(read)).status).toBe(403);
  });

  test('what was not put cannot be read', async () => {
    const upload = await uploadOf(id, asked(photo()));
    const read = await contentOf(id, await attach(id, { uri: textAt(upload, 'uri') }));
    expect((await rawGet(textAt(read, 'url'))).status).toBe(404);
  });

  test('a note and a document come as downloads', async () => {
    const note = Buffer.from('<script>alert(1)</script> ß');
    const upload = await uploadOf(id, asked(note, { content_type: 'text/plain' }));
    expect((await put(upload, note)).status).toBe(204);
    const { headers, bytes } = await rawGet(
      textAt(await contentOf(id, await attach(id, { uri: textAt(upload, 'uri') })), 'url'),
    );
    expect(bytes.equals(note)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="[0-9a-f]{64}\.txt"$/),
    });
  });
});

describe('bytes that are not what was promised leave nothing', () => {
  let id: string;
  let files: readonly string[];
  beforeAll(async () => {
    id = await tickets.ticketIn('IN_PROGRESS');
    files = await kept();
  });
  afterEach(async () => {
    expect(await kept()).toEqual(files);
  });

  test('larger, smaller, others, of another type', async () => {
    const bytes = photo();
    const upload = await uploadOf(id, asked(bytes));
    const outcome = async (body: Buffer, headers: OutgoingHttpHeaders = {}) =>
      outcomeOf(await put(upload, body, headers));
    expect(await outcome(Buffer.concat([bytes, bytes]))).toBe('413 PAYLOAD_TOO_LARGE');
    expect(await chunked(upload, bytes, photo(2_000_000))).toBe('413 PAYLOAD_TOO_LARGE');
    expect(await outcome(bytes.subarray(1))).toBe('400 UPLOAD_MISMATCH');
    expect(await chunked(upload, bytes.subarray(1))).toBe('400 UPLOAD_MISMATCH');
    expect(await outcome(photo())).toBe('400 UPLOAD_MISMATCH');
    expect(await outcome(bytes, { 'content-type': 'text/html' })).toBe('400 UPLOAD_MISMATCH');
  });

  test('a connection that is cut', async () => {
    const bytes = photo(1_000_000);
    const upload = await uploadOf(id, asked(bytes));
    const incoming = async () => (await readdir(join(dir, 'incoming'))).length;
    const sending = request(new URL(textAt(upload, 'upload.url'), api.url), {
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg', 'content-length': bytes.length },
    });
    sending.on('error', () => undefined);
    sending.write(bytes.subarray(0, 500_000));
    await until('the draft is there', async () => (await incoming()) === 1);
    sending.destroy();
    await until('the draft is gone', async () => (await incoming()) === 0);
  });

  test('a full disk', async () => {
    const full = await openFolderStore({ dir, scheme: 's3', clock: Date.now, openDraft: () => open('/dev/full', 'w') });
    const one = await startApi({
      database: api.database,
      projections: false,
      evidence: { store: full, strict: false, maxBytes: MAX_BYTES },
    });
    const bytes = photo(2_000_000);
    const upload = await one.call({ path: `/tickets/${id}/evidence/uploads`, body: asked(bytes) });
    const path = textAt(upload, 'upload.url');
    const reply = await one.call({
      method: 'PUT',
      path,
      as: {},
      body: bytes,
      headers: { 'content-type': 'image/jpeg' },
    });
    expect([outcomeOf(reply), reply.headers['retry-after']]).toEqual(['503 SERVICE_UNAVAILABLE', '1']);
    await one.close();
  });
});

test('the same object twice, and several times at once, is one', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  const before = await kept();
  const bytes = photo(400_000);
  const uploads = await Promise.all(Array.from({ length: 6 }, () => uploadOf(id, asked(bytes))));
  const puts = await Promise.all(uploads.map((upload) => put(upload, bytes)));
  expect(puts.map(({ status }) => status)).toEqual(puts.map(() => 204));
  const [first] = uploads;
  expect(first && (await put(first, bytes)).status).toBe(204);
  expect((await kept()).length).toBe(before.length + 1);
});

test('a closeout counts what the store holds of the ticket itself, and a damaged file no longer', async () => {
  const id = await tickets.ticketIn('IN_PROGRESS');
  const declared = { checklist_status: DONE, no_signature_reason: 'nobody was there to sign' };
  const complete = async (body: object = declared) => {
    const reply = await tickets.give('tech.complete', { id, body });
    return at(reply.json, 'error.invalid_evidence_refs') ?? reply.status;
  };
  const [first, second, third] = EVIDENCE;
  // Elsewhere: nobody looks.
  await attach(id, { uri: 's3://evidence/elsewhere.jpg', evidence_key: first });
  await attach(id, { ...(await uploaded(id)), evidence_key: second });
  const absent = await uploadOf(id, asked(photo()));
  const stolen = await uploaded(await tickets.ticketIn('NEW'));
  const mistaken = { ...(await uploaded(id)), checksum: sha256(photo()) };
  const wrong = [
    { uri: textAt(absent, 'uri'), checksum: textAt(absent, 'checksum'), evidence_key: third },
    stolen,
    mistaken,
    { uri: `s3://dispatch-uploads/${id}/photo.jpg` },
    { uri: `minio://dispatch-uploads/${id}/../${id}/${'0'.repeat(64)}.jpg` },
  ];
  const ids: string[] = [];
  for (const item of wrong) ids.push(await attach(id, item));
  expect(await complete()).toEqual(wrong.map(({ uri }) => uri).sort());
  const packet = await api.run('tech.job_packet', { id, as: 'tech' });
  expect(at(packet.json, 'packet.closeout_gate.code')).toBe('MISSING_SIGNATURE_CONFIRMATION');
  await tickets.give('closeout.record_checklist', { id, body: { items: {}, no_signature_reason: 'nobody was there' } });
  expect(at((await api.run('tech.job_packet', { id, as: 'tech' })).json, 'packet.closeout_gate')).toMatchObject({
    code: 'INVALID_EVIDENCE_REFERENCE',
    invalid_evidence_refs: wrong.map(({ uri }) => uri).sort(),
  });
  expect(await complete({ ...declared, evidence_refs: [ids[0], stolen.uri] })).toEqual([ids[0], stolen.uri].sort());
  for (const evidenceId of ids.slice(1))
    await tickets.give('closeout.withdraw_evidence', { id, evidenceId, body: { reason: 'it is of another ticket' } });

  // What is missing comes, and all is well: also by its name in other letters, and without a checksum beside it.
  const late = photo();
  const now = await uploaded(id, late);
  await attach(id, {
    uri: now.uri,
    checksum: now.checksum.toUpperCase().replace('SHA256', 'sha256'),
    evidence_key: third,
  });
  await attach(id, { uri: now.uri });
  expect(await complete()).toEqual([wrong[0]?.uri]);
  await tickets.give('closeout.withdraw_evidence', { id, evidenceId: ids[0], body: { reason: 'it never came here' } });
  expect(await complete()).toBe(200);

  // One bit is turned on disk.
  const path = join(dir, 'objects', now.uri.slice('s3://dispatch-uploads/'.length));
  late[0] = (late[0] ?? 0) ^ 1;
  await writeFile(path, late);
  const refused = await tickets.give('qa.verify', { id });
  expect(at(refused.json, 'error.invalid_evidence_refs')).toEqual([now.uri]);
  expect(
    (await tickets.give('qa.verify', { id, body: { ...tickets.bodies['qa.verify'], result: 'FAIL', notes: 'no' } }))
      .status,
  ).toBe(200);
  await uploaded(id, Buffer.from(late.with(0, late[0] ^ 1)));
  expect((await tickets.give('qa.verify', { id })).status).toBe(200);
});

test('without a store there are no uploads', async () => {
  const plain = await startApi({ database: api.database, projections: false });
  const path = `/tickets/${await tickets.ticketIn('NEW')}/evidence`;
  const outcomes = [
    await plain.call({ path: `${path}/uploads`, body: asked(photo()) }),
    await plain.call({ method: 'GET', path: `${path}/${randomUUID()}/content` }),
    await plain.call({ method: 'GET', path: `/evidence/objects/${randomUUID()}/${'0'.repeat(64)}.jpg` }),
  ];
  expect(outcomes.map(outcomeOf)).toEqual(['404 UPLOADS_NOT_AVAILABLE', '404 UPLOADS_NOT_AVAILABLE', '404 NOT_FOUND']);
  await plain.close();
});
