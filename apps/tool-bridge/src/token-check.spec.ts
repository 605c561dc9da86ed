import { UnsecuredJWT } from 'jose';
import { beforeEach, expect, test } from '@jest/globals';
import type { ApiClient, ApiOutcome, ApiRequest } from './api-client.js';
import { type TokenSessions, tokenSessions } from './token-check.js';

const START = Date.UTC(2026, 0, 1);
const taken: ApiOutcome = {
  attempts: 1,
  answer: { status: 404, headers: {}, json: { error: { code: 'TICKET_NOT_FOUND' } } },
};

let now: number;
let answer: ApiOutcome;
let asked: ApiRequest[];
let sessions: TokenSessions;

beforeEach(() => {
  [now, answer, asked] = [START, taken, []];
  const api: ApiClient = {
    async send(request) {
      asked.push(request);
      return answer;
    },
    close: async () => {},
  };
  sessions = tokenSessions({
    api,
    patience: { timeoutMs: 1_000, attempts: 1 },
    canonicalRole: (role) => role,
    isRole: (role) => role === 'tech',
    limit: 2,
    idleMs: 60_000,
    clock: () => now,
  });
});

/** Unsigned: whether a signature holds, the API says. */
const tokenOf = (sub: string, more: object = {}) =>
  new UnsecuredJWT({ sub, role: 'tech', exp: START / 1000 + 3600, ...more }).encode();

test('the API is asked once for a token, and its session is the same until it is idle', async () => {
  const [first, second] = await Promise.all([sessions.open(tokenOf('a')), sessions.open(tokenOf('a'))]);
  now += 59_999;
  const third = await sessions.open(tokenOf('a'));
  expect([first === second, first === third, asked.length]).toEqual([true, true, 1]);
  expect(asked[0]).toMatchObject({ method: 'GET', path: expect.stringMatching(/^\/tickets\/0{8}-/) });
  now += 60_000;
  const later = await sessions.open(tokenOf('a'));
  expect([later === first, asked.length]).toEqual([false, 2]);
});

test('two tokens are two sessions, also of one agent', async () => {
  const [one, other] = [await sessions.open(tokenOf('a')), await sessions.open(tokenOf('a', { jti: '2' }))];
  expect(one).toMatchObject({ agent: { id: 'a', role: 'tech' } });
  expect(one).not.toMatchObject({ digest: 'digest' in other ? other.digest : '' });
  expect(sessions.count).toBe(2);
});

test('no more than the limit at a time; idle ones and those of expired tokens make room', async () => {
  await sessions.open(tokenOf('a', { exp: START / 1000 + 10 }));
  await sessions.open(tokenOf('b'));
  expect(await sessions.open(tokenOf('c'))).toEqual({ closed: 'full' });
  now += 10_000;
  expect(await sessions.open(tokenOf('c'))).toMatchObject({ agent: { id: 'c' } });
  expect(await sessions.open(tokenOf('d'))).toEqual({ closed: 'full' });
  now += 60_000;
  expect([await sessions.open(tokenOf('d')), sessions.count]).toEqual([
    expect.objectContaining({ digest: expect.any(String) }),
    1,
  ]);
});

test.each<[what: string, outcome: ApiOutcome, closed: object]>([
  [
    'does not take it',
    { attempts: 1, answer: { status: 401, headers: {}, json: { error: { code: 'INVALID_AUTH_TOKEN' } } } },
    { closed: 'refused', why: 'the service does not take the token: INVALID_AUTH_TOKEN' },
  ],
  [
    'answers something else',
    { attempts: 1, answer: { status: 200, headers: {}, json: {} } },
    { closed: 'refused', why: 'the service does not take the token' },
  ],
  ['fails', { attempts: 1, answer: { status: 500, headers: {}, json: undefined } }, { closed: 'api_down' }],
  ['is away', { attempts: 1, lost: 'unreachable' }, { closed: 'api_down' }],
])('the API %s: no session, and the next time it is asked again', async (_, outcome, closed) => {
  answer = outcome;
  expect(await sessions.open(tokenOf('a'))).toEqual(closed);
  answer = taken;
  expect(await sessions.open(tokenOf('a'))).toMatchObject({ agent: { id: 'a' } });
});

test.each<[claims: object]>([[{ role: 'root' }], [{ exp: START / 1000 }], [{ actor_type: 'HUMAN' }], [{ sub: '' }]])(
  'a token with %j is not even shown to the API',
  async (claims) => {
    expect([await sessions.open(tokenOf('a', claims)), asked]).toEqual([
      { closed: 'refused', why: expect.any(String) },
      [],
    ]);
  },
);
