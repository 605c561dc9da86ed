import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly role: string;
  readonly body?: object;
  /** Kept over repeats of the same request. */
  readonly key?: string;
}

/** Speaks to the API as one person a role: with tokens where a secret is known, else with development headers. */
export function client(url: string, secret: string | undefined): (request: Request) => Promise<Reply> {
  return async ({ method, path, role, body, key = randomUUID() }) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(await identity(role, secret)),
        ...(method !== 'GET' && { 'idempotency-key': key, 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };
}

async function identity(role: string, secret: string | undefined): Promise<Record<string, string>> {
  const id = `demo-${role}`;
  if (secret === undefined) return { 'x-actor-id': id, 'x-actor-role': role };
  const token = await new SignJWT({ role, actor_type: 'HUMAN', scope: { account_ids: ['*'], site_ids: ['*'] } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
  return { authorization: `Bearer ${token}` };
}
