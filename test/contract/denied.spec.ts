import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAccessConfig } from '@dispatch/access';
import { type Difference, verifyLog } from '@dispatch/audit';
import { recordPolicy } from '@dispatch/commands';
import { textsOf } from '@dispatch/event-store';
import { Client } from 'pg';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { until } from '../../libs/projection/src/testing/world.js';
import { actor, type Api, at, outcomeOf, type Reply, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const ENOUGH = { perMinute: 1_000, perSource: 1_000 };
const onPostgres = (process.env['DISPATCH_TEST_LOG'] ?? 'postgres') === 'postgres';
/** Stands wherever a request has room for what is nobody's business. */
const PRIVATE = 'kx7hidden';

const lines: string[] = [];
let api: Api;
/** Without development headers, on the same log: both write to one stream. */
let strict: Api;
let tickets: Tickets;
let owner: Client;
beforeAll(async () => {
  api = await startApi({ denied: ENOUGH, lines: { write: (line: string) => void lines.push(line) } });
  const access = readAccessConfig({ NODE_ENV: 'production', DISPATCH_AUTH_JWT_SECRET: SECRET });
  strict = await startApi({ database: api.database, access, denied: ENOUGH, projections: false });
  await recordPolicy(api.store, api.policy, Date.now, 'test');
  owner = new Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  tickets = await groundOf(api);
});
afterAll(async () => {
  await owner.end();
  await strict.close();
  await api.close();
});

const asAuditor = { as: 'auditor' };
const read = (query = '', ask: object = asAuditor): Promise<Reply> => api.run('audit.denied', { query, ...ask });
type Entry = Readonly<Record<string, unknown>>;
const entriesIn = ({ json }: Reply): readonly Entry[] => at(json, 'entries') as readonly Entry[];
const entriesOf = async (query: string) => entriesIn(await read(query));

/** What became of these requests: each is told from all others by who or from where it came. */
async function recorded(query: string, count: number): Promise<readonly Entry[]> {
  await until(`${count} entries of ${query}`, async () => (await entriesOf(query)).length >= count);
  return entriesOf(query);
}

async function metric(outcome: string): Promise<number> {
  const { text } = await api.call({ method: 'GET', path: '/metrics', headers: { accept: 'text/plain' } });
  return Number(
    new RegExp(`^dispatch_denied_attempts_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
  );
}

/** Every text that the security streams hold. */
async function streams(): Promise<string> {
  let text = '';
  for await (const event of api.store.readAll({ after: 'start' }))
    if (event.stream.startsWith('security-')) text += JSON.stringify(event);
  return text;
}

test('each refusal leaves its entry: who, what, why, from where; and nothing else of what was sent', async () => {
  const ticket = await tickets.ticketIn('NEW');
  const other = randomUUID();
  const body = { ...tickets.bodies['ticket.create'], summary: PRIVATE };
  const more = { body, headers: { 'x-correlation-id': PRIVATE, 'user-agent': PRIVATE } };
  const signed = (claims: object) => mintToken({ role: 'dispatcher', ...claims }, SECRET);
  const expired = await signed({ sub: 'eve', exp: 1_000 });
  const named = (id: string, parts: object = {}) => actor('dispatcher', { 'x-actor-id': id, ...parts });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const create = (from: Api, as: object) => from.run('ticket.create', { ...more, as: { ...as } });

  const before = await metric('recorded');
  const outcomes = [
    await create(strict, {}),
    await create(strict, bearer(`${PRIVATE}.${PRIVATE}.${PRIVATE}`)),
    await create(strict, bearer(expired)),
    await create(api, { 'x-actor-role': 'dispatcher' }),
    await create(api, named('ida', { 'x-account-scope': PRIVATE })),
    await api.run('ticket.triage', {
      ...more,
      id: ticket,
      query: `note=${PRIVATE}`,
      as: actor('qa', { 'x-actor-id': 'quinn' }),
    }),
    await api.run('ticket.close', { id: ticket, as: named('tom'), headers: { 'x-tool-name': 'ticket.cancel' } }),
    await api.run('ticket.close', { id: ticket, as: named('tim'), headers: { 'x-tool-name': PRIVATE } }),
    await create(api, named('sam', { 'x-account-scope': other })),
    await api.run('ticket.get', { id: ticket.toUpperCase(), as: named('sue', { 'x-account-scope': other }) }),
    await api.run('account.get', { id: other, as: actor('tech', { 'x-actor-id': PRIVATE.toUpperCase() }) }),
  ].map(outcomeOf);
  expect(outcomes).toEqual([
    '401 AUTH_REQUIRED',
    '401 INVALID_AUTH_TOKEN',
    '401 INVALID_AUTH_CLAIMS',
    '400 MISSING_ACTOR_CONTEXT',
    '400 INVALID_ACTOR_CONTEXT',
    '403 FORBIDDEN',
    '403 TOOL_NOT_ALLOWED',
    '403 TOOL_NOT_ALLOWED',
    '403 FORBIDDEN_SCOPE',
    '403 FORBIDDEN_SCOPE',
    '403 FORBIDDEN',
  ]);

  const found = await recorded('', outcomes.length);
  const plain = {
    kind: 'denied',
    event_id: expect.any(String),
    position: expect.any(String),
    index: expect.any(Number),
    at: expect.any(String),
    field: null,
    target_id: null,
    asked_tool: null,
    tool: 'ticket.create',
    method: 'POST',
    endpoint: '/tickets',
    ticket_id: null,
    actor: null,
    network: '127.0.0.0/24',
  };
  const person = (id: string, role: string | null = 'dispatcher') => ({ actor: { id, role, type: null } });
  const authentication = (code: string, parts: object = {}) => ({
    ...plain,
    code,
    dimension: 'authentication',
    ...parts,
  });
  const scope = { code: 'FORBIDDEN_SCOPE', dimension: 'scope', field: 'account_id', target_id: tickets.accountId };
  const close = { tool: 'ticket.close', endpoint: '/tickets/{id}/close', ticket_id: ticket };
  const tool = { code: 'TOOL_NOT_ALLOWED', dimension: 'tool' };
  const human = (id: string, role = 'dispatcher') => ({ actor: { id, role, type: 'HUMAN' } });
  const due = [
    authentication('AUTH_REQUIRED'),
    authentication('INVALID_AUTH_TOKEN'),
    authentication('INVALID_AUTH_CLAIMS', { field: 'exp', actor: { id: 'eve', role: 'dispatcher', type: 'AGENT' } }),
    authentication('MISSING_ACTOR_CONTEXT', { field: 'X-Actor-Id' }),
    authentication('INVALID_ACTOR_CONTEXT', { field: 'X-Account-Scope', ...person('ida') }),
    {
      ...plain,
      ...human('quinn', 'qa'),
      code: 'FORBIDDEN',
      dimension: 'role',
      tool: 'ticket.triage',
      endpoint: '/tickets/{id}/triage',
      ticket_id: ticket,
    },
    { ...plain, ...human('tom'), ...tool, ...close, asked_tool: 'ticket.cancel' },
    { ...plain, ...human('tim'), ...tool, ...close },
    { ...plain, ...human('sam'), ...scope },
    {
      ...plain,
      ...human('sue'),
      ...scope,
      tool: 'ticket.get',
      method: 'GET',
      endpoint: '/tickets/{id}',
      ticket_id: ticket,
    },
    {
      ...plain,
      ...human(PRIVATE.toUpperCase(), 'tech'),
      code: 'FORBIDDEN',
      dimension: 'role',
      tool: 'account.get',
      method: 'GET',
      endpoint: '/accounts/{id}',
    },
  ];
  expect(found).toHaveLength(due.length);
  expect(found).toEqual(expect.arrayContaining(due));
  const text = await streams();
  expect(text).not.toContain(PRIVATE);
  for (const part of expired.split('.')) expect(text).not.toContain(part);
  // The three of tokens were refused by the other process.
  expect((await metric('recorded')) - before).toBe(due.length - 3);
});

test('auditors and admins of the whole may read it; that others tried is in it', async () => {
  const by = (role: string, parts: object = {}) => actor(role, { 'x-actor-id': `reader-${role}`, ...parts });
  const outcomes = await Promise.all(
    api.policy.roles.map(async (role) => [role, outcomeOf(await read('', { as: by(role) }))]),
  );
  const may = (role: string) => (['admin', 'auditor'].includes(role) ? '200' : '403 FORBIDDEN');
  expect(outcomes).toEqual(api.policy.roles.map((role) => [role, may(role)]));
  const narrow = { 'x-actor-id': 'reader-narrow', 'x-account-scope': tickets.accountId };
  expect(outcomeOf(await read('', { as: by('auditor', narrow) }))).toBe('403 FORBIDDEN_SCOPE');

  const tried = { tool: 'audit.denied', endpoint: '/audit/denied' };
  expect(await recorded('actor_id=reader-tech', 1)).toMatchObject([{ ...tried, code: 'FORBIDDEN' }]);
  expect(await recorded('actor_id=reader-narrow', 1)).toMatchObject([
    { ...tried, code: 'FORBIDDEN_SCOPE', field: 'account_id' },
  ]);
});

test('pages follow one another without gap or repeat, and keep to what was asked', async () => {
  const all = await entriesOf('');
  const walked: Entry[] = [];
  for (let cursor = ''; ; ) {
    const { json } = await read(`limit=3${cursor && `&cursor=${cursor}`}`);
    walked.push(...(at(json, 'entries') as Entry[]));
    const next = at(json, 'next_cursor');
    cursor = typeof next === 'string' ? next : '';
    if (!cursor) break;
  }
  expect(walked).toEqual(all);
  const ofCode = await entriesOf('code=FORBIDDEN_SCOPE&actor_id=sue');
  expect(ofCode.map(({ code, actor: who }) => [code, at(who, 'id')])).toEqual([['FORBIDDEN_SCOPE', 'sue']]);
  // Entries stand as they were written, which is not quite as they were tried.
  const earliest = all.map(({ at: when }) => String(when)).sort()[0] ?? '';
  expect(await entriesOf(`to=${earliest}`)).toEqual([]);
  for (const query of [
    'code=VERSION_CONFLICT',
    'actor_id=',
    'from=yesterday',
    'from=2999-01-01T00:00:00Z',
    'from=2000-01-01T00:00:00Z',
    'limit=501',
    'cursor=x',
    `cursor=${Buffer.from('v1:2026-99-99:0:0').toString('base64url')}`,
    `cursor=${Buffer.from('v1:2020-01-01:0:0').toString('base64url')}`,
    'until=now',
  ])
    expect([query, outcomeOf(await read(query))]).toEqual([query, '400 INVALID_QUERY']);
});

test('a flood is bounded and counted, waits for nothing, and a stop writes what it came to', async () => {
  const small = await startApi({ database: api.database, denied: { perMinute: 6, perSource: 2 }, projections: false });
  const mallory = actor('qa', { 'x-actor-id': 'mallory' });
  const flood = Array.from({ length: 300 }, () => small.run('ticket.create', { as: mallory }));
  expect(new Set((await Promise.all(flood)).map(outcomeOf))).toEqual(new Set(['403 FORBIDDEN']));
  await small.close();
  const found = await entriesOf('actor_id=mallory');
  const ofKind = (kind: string) => found.filter((entry) => entry.kind === kind);
  const [denied, unrecorded] = [ofKind('denied'), ofKind('not_recorded')];
  // A minute may have ended in their midst.
  expect([2, 4]).toContain(denied.length);
  expect(unrecorded.reduce((sum, { count }) => sum + Number(count), denied.length)).toBe(300);
  expect(unrecorded[0]).toMatchObject({
    by_code: { FORBIDDEN: expect.any(Number) },
    sources: [{ actor_id: 'mallory' }],
  });
});

(onPostgres ? test : test.skip)(
  'a log that is away holds up no refusal; it is told, and what was refused is recorded when it is back',
  async () => {
    const { database } = api;
    lines.length = 0;
    const closed = `alter role ${database.role} nologin`;
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${database.role}'`;
    await owner.query(closed);
    await owner.query(ended);
    const zoe = actor('qa', { 'x-actor-id': 'zoe' });
    try {
      expect(outcomeOf(await api.run('ticket.create', { as: zoe }))).toBe('403 FORBIDDEN');
      await until('it is said', async () =>
        lines.some((line) => line.includes('refused attempts cannot be recorded yet')),
      );
      expect(outcomeOf(await api.run('ticket.create', { as: zoe }))).toBe('403 FORBIDDEN');
    } finally {
      await owner.query(`alter role ${database.role} login`);
    }
    await until('the log is back', async () => outcomeOf(await read()) === '200');
    expect(await recorded('actor_id=zoe&code=FORBIDDEN', 2)).toBeDefined();
  },
);

test('the whole log verifies, refused attempts and all', async () => {
  const found: Difference[] = [];
  const onDifference = (difference: Difference) => found.push(difference);
  const log = textsOf(api.store, { gapless: onPostgres });
  const counts = await verifyLog(log, { objectStoreSchemes: ['s3', 'minio'], onDifference });
  expect(found).toEqual([]);
  expect(counts.unjudged).toBe(0);
});
