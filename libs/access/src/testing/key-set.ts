import type { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** A key pair of an issuer, and how the issuer signs with it. */
export interface IssuerKey {
  readonly jwk: JWK;
  readonly publicKey: webcrypto.CryptoKey;
  sign(claims: JWTPayload, header?: { readonly kid?: string }): Promise<string>;
}

export async function issuerKey(alg: string, kid: string): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' },
    publicKey,
    sign: (claims, header = { kid }) => new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(privateKey),
  };
}

/** An issuer's JWKS URL on this machine. What it answers can be changed while it runs. */
export interface KeySet {
  readonly url: string;
  keys: readonly JWK[];
  /** Anything but 200 is an outage. */
  status: number;
  /** Requests that were answered so far. */
  fetches: number;
  close(): Promise<void>;
}

export async function keySet(...keys: readonly IssuerKey[]): Promise<KeySet> {
  const server = createServer((_, response) => {
    set.fetches += 1;
    response.writeHead(set.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ keys: set.keys }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  const set: KeySet = {
    url: `http://127.0.0.1:${address.port}/keys`,
    keys: keys.map(({ jwk }) => jwk),
    status: 200,
    fetches: 0,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return set;
}
