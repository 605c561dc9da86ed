import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Authenticate, authenticator } from './authenticator.js';
import type { AccessConfig } from './config.js';
import { KeysUnavailable } from './remote-keys.js';
import { mintToken } from './testing/mint.js';

const secret = 'a secret of the issuer and this service';
const accountId = '11111111-1111-4111-8111-111111111111';
const claims = { sub: 'agent-7', role: 'bot', account_ids: [accountId], exp: 2_000 };
const actor = {
  id: 'agent-7',
  role: 'dispatcher',
  type: 'AGENT',
  accounts: new Set([accountId]),
  sites: '*',
  technicianId: undefined,
};
const devHeaders = { 'x-actor-id': 'ann', 'x-actor-role': 'bot' };

let now: number;
beforeEach(() => {
  now = 1_000_000;
});

function make(config: Partial<AccessConfig> = {}): Authenticate {
  const defaults = { secret, allowDevHeaders: false, requireTechnicianId: false, clock: () => now };
  return authenticator({ ...defaults, ...config }, (name) => (name === 'bot' ? 'dispatcher' : name));
}
const refusal = (code: string, claim?: string) => ({ refusal: { code, ...(claim ? { details: { claim } } : {}) } });

test('a token tells who is asking', async () => {
  expect(await make()({ authorization: `Bearer ${await mintToken(claims, secret)}` })).toEqual({ actor });
});

test('the scheme may be spelt in any case', async () => {
  expect(await make()({ authorization: `bearer  ${await mintToken(claims, secret)}` })).toEqual({ actor });
});

test('without a token: refused, or the development headers where they are allowed', async () => {
  expect(await make()(devHeaders)).toMatchObject(refusal('AUTH_REQUIRED'));
  expect(await make({ allowDevHeaders: true })(devHeaders)).toMatchObject({
    actor: { id: 'ann', role: 'dispatcher', type: 'HUMAN' },
  });
  expect(await make({ allowDevHeaders: true })({})).toMatchObject(refusal('MISSING_ACTOR_CONTEXT'));
});

test('a bad token is refused although the development headers are good', async () => {
  for (const authorization of ['', 'Bearer', 'Bearer e30.e30.e30', 'Basic YW5uOmFubg==']) {
    const answer = await make({ allowDevHeaders: true })({ ...devHeaders, authorization });
    expect(answer).toMatchObject(refusal('INVALID_AUTH_TOKEN'));
  }
});

test('the rules of the configuration reach the claims', async () => {
  const authorization = `Bearer ${await mintToken({ ...claims, role: 'tech' }, secret)}`;
  const ask = (config: Partial<AccessConfig>) => make(config)({ authorization });
  expect(await ask({ issuer: 'issuer' })).toMatchObject(refusal('INVALID_AUTH_CLAIMS', 'iss'));
  expect(await ask({ audience: 'dispatch' })).toMatchObject(refusal('INVALID_AUTH_CLAIMS', 'aud'));
  expect(await ask({ requireTechnicianId: true })).toMatchObject(refusal('INVALID_AUTH_CLAIMS', 'technician_id'));
});

describe('Authorization', () => {
  test.each<[string, (token: string) => string]>([
    ['two tokens', (token) => `Bearer ${token}, Bearer ${token}`],
    ['a token without a scheme', (token) => token],
    ['another scheme', (token) => `JWT ${token}`],
    ['a space before the scheme', (token) => ` Bearer ${token}`],
    ['a space after the token', (token) => `Bearer ${token} `],
    ['a line break after the token', (token) => `Bearer ${token}\n`],
    ['padding', (token) => `Bearer ${token}=`],
    ['a cut signature', (token) => `Bearer ${token.slice(0, -1)}`],
    ['text before the scheme', (token) => `x Bearer ${token}`],
  ])('%s is refused', async (_, spoil) => {
    const answer = await make()({ authorization: spoil(await mintToken(claims, secret)) });
    expect(answer).toMatchObject(refusal('INVALID_AUTH_TOKEN'));
  });

  test('tokens are read up to 8 KiB', async () => {
    const padded = async (length: number) => mintToken({ ...claims, padding: 'p'.repeat(length) }, secret);
    const room = Math.floor(((8_192 - (await padded(0)).length) * 3) / 4);
    const outcomes = new Map<number, string>();
    for (let length = room - 3; length <= room + 3; length++) {
      const token = await padded(length);
      const answer = await make()({ authorization: `Bearer ${token}` });
      outcomes.set(token.length, 'actor' in answer ? 'read' : answer.refusal.code);
    }
    const expected = [...outcomes.keys()].map((length) => [length, length <= 8_192 ? 'read' : 'INVALID_AUTH_TOKEN']);
    expect([...outcomes]).toEqual(expected);
    expect(new Set(outcomes.values()).size).toBe(2);
  });

  test('garbage neither throws nor authenticates', async () => {
    const authenticate = make();
    const [header = '', payload = '', signature = ''] = (await mintToken(claims, secret)).split('.');
    const part = fc.oneof(fc.string(), fc.base64String(), fc.json(), fc.constantFrom(header, payload, 'e30', ''));
    const encoded = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(part, part, fc.oneof(part, fc.constant(signature.slice(1)))).map((parts) => `Bearer ${parts.join('.')}`),
      fc.tuple(encoded, encoded, encoded).map((parts) => `Bearer ${parts.join('.')}`),
      encoded.map((changed) => `Bearer ${header}.${changed}.${signature}`),
      encoded.map((changed) => `Bearer ${changed}.${payload}.${signature}`),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (authorization) => {
        expect(await authenticate({ authorization })).toMatchObject(refusal('INVALID_AUTH_TOKEN'));
      }),
    );
  });
});

describe('time', () => {
  test('a token that was good before is refused once it has expired', async () => {
    const authenticate = make();
    const authorization = `Bearer ${await mintToken(claims, secret)}`;
    expect(await authenticate({ authorization })).toEqual({ actor });
    now = 1_999_999;
    expect(await authenticate({ authorization })).toEqual({ actor });
    now = 2_000_000;
    expect(await authenticate({ authorization })).toMatchObject(refusal('INVALID_AUTH_CLAIMS', 'exp'));
  });

  test('a token that is not valid yet becomes so', async () => {
    const authenticate = make();
    const authorization = `Bearer ${await mintToken({ ...claims, nbf: 1_001 }, secret)}`;
    expect(await authenticate({ authorization })).toMatchObject(refusal('INVALID_AUTH_CLAIMS', 'nbf'));
    now = 1_001_000;
    expect(await authenticate({ authorization })).toEqual({ actor });
  });

  test('a good token is believed for a minute, then its key is asked for again', async () => {
    let canonical = 0;
    const authenticate = authenticator(
      { secret, allowDevHeaders: false, requireTechnicianId: false, clock: () => now },
      (name) => {
        canonical += 1;
        return name;
      },
    );
    const authorization = `Bearer ${await mintToken(claims, secret)}`;
    const asked = async (at: number) => {
      now = at;
      await authenticate({ authorization });
      return canonical;
    };
    expect([await asked(1_000_000), await asked(1_059_999), await asked(1_060_000), await asked(1_060_001)]).toEqual([
      1, 1, 2, 2,
    ]);
  });

  test('a bad token is no better the second time', async () => {
    const authenticate = make();
    const authorization = `Bearer ${await mintToken(claims, 'another secret of another issuer')}`;
    expect(await authenticate({ authorization })).toMatchObject(refusal('INVALID_AUTH_TOKEN'));
    expect(await authenticate({ authorization })).toMatchObject(refusal('INVALID_AUTH_TOKEN'));
  });
});

test('a refusal repeats nothing of the token', async () => {
  const authorization = `Bearer ${await mintToken({ ...claims, actor_type: 'ROBOT-4711' }, secret)}`;
  const text = JSON.stringify(await make()({ authorization }));
  expect(text).toContain('actor_type');
  expect(text).not.toContain('4711');
});

test('keys that cannot be fetched are an outage and no refusal', async () => {
  const header = Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url');
  const authenticate = make({ jwksUrl: 'http://127.0.0.1:1/keys' });
  await expect(authenticate({ authorization: `Bearer ${header}.e30.AAAA` })).rejects.toThrow(KeysUnavailable);
  expect(await authenticate({ authorization: `Bearer ${await mintToken(claims, secret)}` })).toEqual({ actor });
});
