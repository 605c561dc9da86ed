import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { expect, test } from '@jest/globals';
import { forwardedAgent, mintedAgent, readToken } from './agent.js';

const credential = { secret: 'a secret of more than thirty-two bytes', issuer: 'tools', audience: 'dispatch' };
const key = new TextEncoder().encode(credential.secret);
const acting = { id: 'intake-bot', role: 'agent', accounts: ['1'], sites: '*' } as const;
const role = (name: string) => (name === 'bot' ? 'dispatcher' : name);

const sign = (claims: object) =>
  new SignJWT({ sub: 'a', role: 'bot', exp: 2_000_000_000, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(key);

test('a minted token says whom it is for, is an agent’s, and lives for minutes', async () => {
  let now = Date.UTC(2026, 0, 1);
  const agent = mintedAgent({ ...acting, technicianId: '2' }, credential, () => now);
  const token = await agent.token();
  const { payload } = await jwtVerify(token, key, {
    currentDate: new Date(now),
    issuer: 'tools',
    audience: 'dispatch',
  });
  expect(payload).toEqual({
    sub: 'intake-bot',
    role: 'agent',
    actor_type: 'AGENT',
    scope: { account_ids: ['1'], site_ids: ['*'] },
    technician_id: '2',
    iss: 'tools',
    aud: 'dispatch',
    exp: now / 1000 + 300,
  });
  now += 239_000;
  expect(await agent.token()).toBe(token);
  now += 1_000;
  expect(decodeJwt(await agent.token()).exp).toBe(now / 1000 + 300);
});

test.each<[claims: object, message: string]>([
  [{ sub: undefined }, 'no sub'],
  [{ role: 7 }, 'no role'],
  [{ exp: undefined }, 'no exp'],
  [{ actor_type: 'HUMAN' }, 'not of actor_type AGENT'],
  [{ actor_type: 'SYSTEM' }, 'not of actor_type AGENT'],
])('a token with %j is no agent’s', async (claims, message) => {
  const token = await sign(claims);
  expect(() => readToken(token, role)).toThrow(
    expect.objectContaining({ name: 'TokenFault', message: expect.stringContaining(message) }),
  );
});

test('a forwarded token is read anew, and must stay of the same agent', async () => {
  let token = await sign({});
  const agent = await forwardedAgent(async () => token, role);
  expect([agent.id, agent.role, await agent.token()]).toEqual(['a', 'dispatcher', token]);
  token = await sign({ role: 'dispatcher', jti: '2' });
  expect(await agent.token()).toBe(token);
  for (const other of [{ sub: 'b' }, { role: 'admin' }]) {
    token = await sign(other);
    await expect(agent.token()).rejects.toMatchObject({ name: 'TokenFault' });
  }
  await expect(forwardedAgent(async () => 'nonsense', role)).rejects.toMatchObject({ name: 'TokenFault' });
});
