import { decodeJwt } from 'jose';

/** When a bearer token that was checked already ends, RFC 3339; null where there is none. */
export function expiryOf(authorization: string | undefined): string | null {
  const token = /^bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  const exp = token && decodeJwt(token).exp;
  return exp ? new Date(exp * 1_000).toISOString() : null;
}
