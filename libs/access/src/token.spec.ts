import { createHmac, KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CompactSign, SignJWT } from 'jose';
import { type IssuerKey, issuerKey, type KeySet, keySet } from './testing/key-set.js';
import { mintToken } from './testing/mint.js';
import { tokenVerifier } from './token.js';

const secret = 'a secret of the issuer and this service';
const bytes = new TextEncoder().encode(secret);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs by hand what no library would. */
function forge(header: object, claims: object, key: string | Buffer): string {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

describe('with a shared secret', () => {
  const verify = tokenVerifier({ secret });

  test('HS256 shows its claims', async () => {
    expect(await verify(await mintToken({ sub: 'ann', exp: 1 }, secret))).toEqual({ sub: 'ann', exp: 1 });
  });

  test('a forgery that is signed right passes, so the ones below fail for their own reasons', async () => {
    expect(await verify(forge({ alg: 'HS256' }, { sub: 'ann' }, secret))).toEqual({ sub: 'ann' });
  });

  test.each([
    ['another secret', forge({ alg: 'HS256' }, { sub: 'ann' }, 'another')],
    ['alg none with a signature', forge({ alg: 'none' }, { sub: 'ann' }, secret)],
    ['alg none in capitals', forge({ alg: 'NONE' }, { sub: 'ann' }, secret)],
    ['alg none without a signature', `${base64url({ alg: 'none' })}.${base64url({ sub: 'ann' })}.`],
    ['no alg', forge({ typ: 'JWT' }, { sub: 'ann' }, secret)],
    ['a list of algs', forge({ alg: ['HS256'] }, { sub: 'ann' }, secret)],
    ['RS256 where no keys are published', forge({ alg: 'RS256' }, { sub: 'ann' }, secret)],
    ['an extension that must be understood', forge({ alg: 'HS256', crit: ['exp'], exp: 9 }, { sub: 'ann' }, secret)],
    ['a payload that is no object', forge({ alg: 'HS256' }, ['ann'], secret)],
    ['a key that the token brings along', forge({ alg: 'HS256', jwk: { kty: 'oct', k: 'YQ' } }, { sub: 'ann' }, 'a')],
    ['two parts', 'e30.e30'],
    ['five parts', 'e30.e30.e30.e30.e30'],
    ['no base64', '%.%.%'],
    ['nothing', ''],
  ])('%s is no token', async (_, token) => {
    expect(await verify(token)).toBeUndefined();
  });

  test('HS384 and HS512 are not HS256', async () => {
    for (const alg of ['HS384', 'HS512']) {
      const token = await new SignJWT({ sub: 'ann' }).setProtectedHeader({ alg }).sign(bytes);
      expect(await verify(token)).toBeUndefined();
    }
  });

  test.each([
    ['text that is no JSON', Buffer.from('ann')],
    ['bytes that are no UTF-8', Buffer.from('{"sub":"\xff"}', 'latin1')],
  ])('%s is no token, however well signed', async (_, payload) => {
    const token = await new CompactSign(payload).setProtectedHeader({ alg: 'HS256' }).sign(bytes);
    expect(await verify(token)).toBeUndefined();
  });

  test('an unencoded payload is no token, however well signed', async () => {
    const signed = `${base64url({ alg: 'HS256', b64: false, crit: ['b64'] })}.{"sub":"ann"}`;
    expect(
      await verify(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`),
    ).toBeUndefined();
  });

  test('a changed claim breaks the signature', async () => {
    const [header, , signature] = (await mintToken({ sub: 'ann' }, secret)).split('.');
    expect(await verify(`${header}.${base64url({ sub: 'bo' })}.${signature}`)).toBeUndefined();
  });
});

test('without any key every token is refused', async () => {
  expect(await tokenVerifier({})(await mintToken({ sub: 'ann' }, secret))).toBeUndefined();
});

describe('with published keys', () => {
  let rsa: IssuerKey;
  let ec: IssuerKey;
  let ed: IssuerKey;
  let published: KeySet;
  let verify: ReturnType<typeof tokenVerifier>;

  beforeAll(async () => {
    [rsa, ec, ed] = await Promise.all([issuerKey('RS256', 'rsa'), issuerKey('ES256', 'ec'), issuerKey('EdDSA', 'ed')]);
    published = await keySet(rsa, ec, ed);
    verify = tokenVerifier({ jwksUrl: published.url });
  });
  afterAll(() => published.close());

  test('RS256, ES256 and EdDSA show their claims', async () => {
    for (const key of [rsa, ec, ed]) {
      expect(await verify(await key.sign({ sub: 'ann' }))).toEqual({ sub: 'ann' });
    }
  });

  test('a token without kid is checked by the one key that fits its algorithm', async () => {
    expect(await verify(await ed.sign({ sub: 'ann' }, {}))).toEqual({ sub: 'ann' });
  });

  test('HS256 keyed with a public key is refused', async () => {
    const key = KeyObject.from(rsa.publicKey);
    const both = tokenVerifier({ secret, jwksUrl: published.url });
    for (const text of [key.export({ type: 'spki', format: 'pem' }), key.export({ type: 'spki', format: 'der' })]) {
      for (const kid of ['rsa', undefined]) {
        const token = forge({ alg: 'HS256', kid }, { sub: 'ann' }, text);
        expect([await verify(token), await both(token)]).toEqual([undefined, undefined]);
      }
    }
  });

  test('a kid of another kind of key is refused', async () => {
    expect(await verify(await rsa.sign({ sub: 'ann' }, { kid: 'ec' }))).toBeUndefined();
    expect(await verify(await ec.sign({ sub: 'ann' }, { kid: 'ed' }))).toBeUndefined();
  });

  test("a stranger's key under a known kid is refused", async () => {
    const stranger = await issuerKey('RS256', 'rsa');
    expect(await verify(await stranger.sign({ sub: 'ann' }))).toBeUndefined();
  });

  test('RS512 and PS256 are refused, although the key would do', async () => {
    for (const alg of ['RS512', 'PS256']) {
      const token = await (await issuerKey(alg, 'rsa')).sign({ sub: 'ann' });
      expect(await verify(token)).toBeUndefined();
    }
  });

  test('HS256 is refused where no secret is set, also by a symmetric key in the set', async () => {
    published.keys = [...published.keys, { kty: 'oct', kid: 'oct', k: Buffer.from(secret).toString('base64url') }];
    const token = forge({ alg: 'HS256', kid: 'oct' }, { sub: 'ann' }, secret);
    expect(await tokenVerifier({ jwksUrl: published.url })(token)).toBeUndefined();
  });

  test('secret and published keys work side by side', async () => {
    const both = tokenVerifier({ secret, jwksUrl: published.url });
    expect(await both(await mintToken({ sub: 'ann', exp: 1 }, secret))).toEqual({ sub: 'ann', exp: 1 });
    expect(await both(await ec.sign({ sub: 'bo' }))).toEqual({ sub: 'bo' });
  });
});
