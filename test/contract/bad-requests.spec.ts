import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actor, type Api, at, outcomeOf, startApi } from '../support/api.js';
import { type Command, groundOf, type Tickets } from '../support/tickets.js';

let api: Api;
let tickets: Tickets;
let id: string;
beforeAll(async () => {
  api = await startApi();
  tickets = await groundOf(api);
  id = await tickets.ticketIn('NEW');
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

const triage = (parts: object) => tickets.give('ticket.triage', { id, ...parts });

test.each([
  ['a word', 'ticket'],
  ['a short one', randomUUID().slice(1)],
  ['braces', `{${randomUUID()}}`],
  ['a percent-encoded slash', `${randomUUID()}%2Ftriage`],
  ['a percent-encoded NUL', `${randomUUID()}%00`],
  ['only a NUL', '%00'],
  ['dots', '..%2f..%2fetc%2fpasswd'],
  ['white space', '%20'],
  ['a star', '*'],
  ['quotes', "'%20or%201=1--"],
  ['other scripts', encodeURIComponent('票')],
  ['8,000 characters', 'a'.repeat(8_000)],
  ['__proto__', '__proto__'],
])('path ids: %s', async (_, bad) => {
  expect(outcomeOf(await triage({ id: bad }))).toBe('400 INVALID_TICKET_ID');
  expect(outcomeOf(await api.run('ticket.get', { id: bad }))).toBe('400 INVALID_TICKET_ID');
  expect(outcomeOf(await api.run('site.get', { id: bad }))).toBe('400 INVALID_REQUEST');
  expect(outcomeOf(await tickets.give('site.put', { id: bad }))).toBe('400 INVALID_REQUEST');
  expect(outcomeOf(await tickets.give('closeout.withdraw_evidence', { id, evidenceId: bad }))).toBe(
    '400 INVALID_REQUEST',
  );
});

test.each(['%', '%zz', '%c3%28', '%e0%80', 'a%2'])('a path that cannot be decoded: %s', async (bad) => {
  for (const path of [`/tickets/${bad}/triage`, `/tickets/${bad}`, `/${bad}`]) {
    const reply = await api.call({ path, body: {} });
    expect(['400 INVALID_REQUEST', '404 NOT_FOUND', '405 METHOD_NOT_ALLOWED']).toContain(outcomeOf(reply));
  }
  expect(outcomeOf(await api.run('ticket.get', { id: bad }))).toBe('400 INVALID_REQUEST');
});

test('an id longer than the router takes', async () => {
  expect(outcomeOf(await triage({ id: 'a'.repeat(9_000) }))).toBe('400 INVALID_REQUEST');
});

test.each([
  ['400 INVALID_IDEMPOTENCY_KEY', { 'idempotency-key': [randomUUID(), randomUUID()] }],
  ['400 INVALID_IDEMPOTENCY_KEY', { 'idempotency-key': `${randomUUID()}, ${randomUUID()}` }],
  ['400 INVALID_IDEMPOTENCY_KEY', { 'idempotency-key': 'x'.repeat(5_000) }],
  ['400 INVALID_IDEMPOTENCY_KEY', { 'idempotency-key': '\u00ff' }],
  ['401 INVALID_AUTH_TOKEN', { authorization: ['Bearer a.b.c', 'Bearer d.e.f'] }],
  ['401 INVALID_AUTH_TOKEN', { authorization: '' }],
  ['401 INVALID_AUTH_TOKEN', { authorization: 'Basic ZGFuYTpkYW5h' }],
  ['401 INVALID_AUTH_TOKEN', { authorization: `Bearer ${'a'.repeat(9_000)}.b.c` }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-actor-id': ['dana', 'max'] }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-actor-id': 'd'.repeat(201) }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-actor-id': 'da\u009fna' }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-actor-role': ['agent', 'dispatcher'] }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-actor-type': 'human' }],
  ['400 INVALID_ACTOR_CONTEXT', { 'x-account-scope': '*,' }],
  ['400 MISSING_ACTOR_CONTEXT', { 'x-actor-id': '' }],
  ['403 FORBIDDEN', { 'x-actor-role': 'Dispatcher' }],
  ['403 FORBIDDEN', { 'x-actor-role': 'toString' }],
  ['403 FORBIDDEN', { 'x-actor-role': '__proto__' }],
  ['403 TOOL_NOT_ALLOWED', { 'x-tool-name': ['ticket.triage', 'ticket.cancel'] }],
  ['403 TOOL_NOT_ALLOWED', { 'x-tool-name': '' }],
  ['403 TOOL_NOT_ALLOWED', { 'x-tool-name': '\u00e9' }],
  ['400 INVALID_REQUEST', { 'x-correlation-id': '' }],
  ['400 INVALID_REQUEST', { 'x-correlation-id': 'c'.repeat(201) }],
  ['400 INVALID_REQUEST', { 'x-trace-id': 'a b' }],
  ['400 INVALID_REQUEST', { 'if-match': '0' }],
  ['400 INVALID_REQUEST', { 'if-match': 'W/"0"' }],
  ['400 INVALID_REQUEST', { 'if-match': '"0", "1"' }],
  ['400 INVALID_REQUEST', { 'if-match': ['"0"', '"0"'] }],
  ['400 INVALID_REQUEST', { 'if-match': '"-1"' }],
  ['400 INVALID_REQUEST', { 'if-match': '"99999999999999999999"' }],
  ['400 INVALID_REQUEST', { 'if-match': '' }],
])('%s for %j', async (outcome, headers) => {
  expect(outcomeOf(await triage({ headers }))).toBe(outcome);
});

test('If-Match and expected_version that differ', async () => {
  const body = { ...tickets.bodies['ticket.triage'], expected_version: 1 };
  expect(outcomeOf(await triage({ headers: { 'if-match': '"0"' }, body }))).toBe('400 INVALID_REQUEST');
});

test.each([
  'limit=0',
  'limit=501',
  'limit=-1',
  'limit=1.5',
  'limit=1e2',
  'limit=',
  'limit=ten',
  'limit=1&limit=2',
  'limit[]=1',
  'limit%00=1',
  'cursor=',
  'cursor=x',
  'cursor=djE6MA%3D%3D',
  'cursor=djE6LTE',
  `cursor=${'a'.repeat(2_000)}`,
  `cursor=${Buffer.from('v1:9999999999999999').toString('base64url')}`,
  `cursor=${Buffer.from('v2:1').toString('base64url')}`,
  'offset=1',
  '__proto__=1',
  'constructor=1',
  '=1',
])('query ?%s', async (query) => {
  for (const tool of ['ticket.timeline', 'closeout.list_evidence', 'account.list', 'ticket.list', 'dispatcher.cockpit'])
    expect([tool, outcomeOf(await api.run(tool, { id, query }))]).toEqual([tool, '400 INVALID_QUERY']);
  for (const tool of ['ticket.get', 'tech.job_packet'])
    expect(outcomeOf(await api.run(tool, { id, query }))).toBe('400 INVALID_QUERY');
});

test.each([
  'as_of=',
  'as_of=now',
  'as_of=-1',
  'as_of=1.0',
  'as_of=2026-02-30T00:00:00Z',
  'as_of=0&as_of=1',
  'as_of=%00',
])('query ?%s', async (query) => {
  expect(outcomeOf(await api.run('ticket.get', { id, query }))).toBe('400 INVALID_QUERY');
});

/** What the socket answers to raw bytes before it is closed by the server. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

const TOO_LARGE = `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`;
const SMUGGLED =
  'POST /tickets HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
const CLOSE = 'Connection: close\r\n';

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ['an unknown version', 'GET / HTTP/9.9\r\n\r\n'],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
  ['a header without a colon', 'GET /health HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'],
  ['a NUL in a header', 'GET /health HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n'],
  ['headers that are too large', TOO_LARGE],
  ['two lengths', SMUGGLED],
  ['a negative length', 'POST /tickets HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
  ['a bad chunk', 'POST /tickets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['a space in the path', `GET /health now HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`],
])('on the socket: %s', async (_, bytes) => {
  const answer = await raw(bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  const [, body = ''] = answer.split('\r\n\r\n');
  expect(at(JSON.parse(body), 'error.code')).toBe('INVALID_REQUEST');
  expect(outcomeOf(await api.call({ method: 'GET', path: '/health' }))).toBe('200');
});

test('a method that HTTP knows and the service does not', async () => {
  for (const method of ['PROPFIND', 'MKCOL', 'TRACE', 'OPTIONS', 'PATCH'])
    expect(outcomeOf(await api.call({ method, path: '/tickets' }))).toBe('405 METHOD_NOT_ALLOWED');
});

/** Bodies that look like good ones with something strange in them, and anything else that is JSON. */
const anyBody = (good: object) =>
  fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(good)), fc.string()), fc.jsonValue({ maxDepth: 3 })),
    fc
      .tuple(fc.constantFrom(...Object.keys(good)), fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }))
      .map(([key, value]) => ({ ...good, [key]: value })),
  );

test('no body makes the service fail', async () => {
  // On a ticket of nobody's, so that what is accepted is not kept either.
  const nobody = randomUUID();
  const commands = api.policy.tools.filter(({ mutating, tool }) => mutating && tool !== 'ticket.create');
  const anyCall = fc.constantFrom(...commands).chain(({ tool }) => {
    const good = { expected_version: 0, ...tickets.bodies[tool as Command] };
    return fc.record({ tool: fc.constant(tool), body: anyBody(good) });
  });
  const answer = async ({ tool, body }: { tool: string; body: unknown }) => {
    const as = api.policy.tool(tool)?.roles[0];
    const reply = await api.run(tool, { id: nobody, evidenceId: nobody, as, body: JSON.stringify(body) });
    expect([400, 404]).toContain(reply.status);
    expect(typeof at(reply.json, 'error.code')).toBe('string');
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 16 }), async (calls) => {
      await Promise.all(calls.map(answer));
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});

test('no query and no header makes a read fail', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map(encodeURIComponent);
  const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom('limit', 'cursor', 'as_of'), text), text), { maxLength: 3 });
  const headers = fc.dictionary(
    fc.constantFrom('x-actor-role', 'x-account-scope', 'x-tool-name', 'traceparent', 'if-match', 'x-trace-id'),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(query, headers, async (pairs, sent) => {
      const asked = pairs.map(([name, value]) => `${name}=${value}`).join('&');
      const reply = await api.run('ticket.timeline', { id, query: asked, as: actor('auditor'), headers: sent });
      expect(reply.status).toBeLessThan(500);
    }),
    { numRuns: 200, interruptAfterTimeLimit: 20_000 },
  );
});
