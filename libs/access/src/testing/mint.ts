import { type JWTPayload, SignJWT } from 'jose';

/**
 * An HS256 token for tests and the demo. `exp` is an hour ahead unless the claims say otherwise; no other claim is
 * added, so that a test can leave any of them out.
 */
export async function mintToken(claims: JWTPayload, secret: string): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return new SignJWT({ exp, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
}
