import { Server } from '@modelcontextprotocol/server';
import { beforeEach, expect, test } from '@jest/globals';
import { type LegacySessions, legacySessions } from './legacy-sessions.js';
import type { TokenSession } from './token-check.js';

let now: number;
let sessions: LegacySessions;

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  sessions = legacySessions({
    serverFor: () => new Server({ name: 'x', version: '1' }, { capabilities: {} }),
    limit: 12,
    idleMs: 60_000,
    bodyLimit: 10_000,
    clock: () => now,
  });
});

const ownerOf = (digest: string, expires = Number.MAX_SAFE_INTEGER / 1000): TokenSession => ({
  digest,
  token: digest,
  expires,
  correlationId: 'c',
  agent: { id: digest, role: 'tech', token: async () => digest },
});

const ask = (owner: TokenSession, body: object, session?: string) =>
  sessions.serve(
    new Request('http://x/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session !== undefined && { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
    }),
    owner,
    { token: owner.token, clientId: owner.agent.id, scopes: [] },
  );

const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
const open = async (owner: TokenSession) => {
  const { status, headers } = await ask(owner, { method: 'initialize', params });
  return { status, id: headers.get('mcp-session-id') ?? '' };
};

test('a session is its owner’s, until it ends', async () => {
  const [mine, other] = [ownerOf('a'), ownerOf('b')];
  const { id } = await open(mine);
  expect([sessions.belongs(id, mine), sessions.belongs(id, other), sessions.belongs('x', mine)]).toEqual([
    true,
    false,
    false,
  ]);
  expect((await ask(mine, { method: 'ping' }, id)).status).toBe(200);
  await sessions.close();
  expect(sessions.belongs(id, mine)).toBe(false);
});

test('a token has ten at most, and all together have the limit', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) statuses.push((await open(ownerOf('a'))).status);
  for (let n = 0; n < 3; n++) statuses.push((await open(ownerOf('b'))).status);
  expect(statuses).toEqual([...Array<number>(10).fill(200), 503, 200, 200, 503]);
  await sessions.close();
});

test('one that was idle ends, and so does one whose token has expired', async () => {
  const expiring = ownerOf('b', now / 1000 + 70);
  const [idle, used, late] = [await open(ownerOf('a')), await open(ownerOf('a')), await open(expiring)];
  now += 50_000;
  await ask(ownerOf('a'), { method: 'ping' }, used.id);
  await ask(expiring, { method: 'ping' }, late.id);
  now += 20_000;
  expect([idle, used, late].map(({ id }, n) => sessions.belongs(id, n === 2 ? expiring : ownerOf('a')))).toEqual([
    false,
    true,
    false,
  ]);
  await sessions.close();
});
