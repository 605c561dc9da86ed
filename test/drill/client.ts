import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Somebody who uses the service of the drill. */
export interface Client {
  /** A command, under a new key unless one is given; the ticket or whatever else was answered. */
  command(path: string, body: object, given?: { readonly key?: string; readonly role?: string }): Promise<Reply>;
  put(path: string, body: object): Promise<Reply>;
  get(path: string): Promise<Reply>;
  /** Codes of the alerts that stand at /ops/alerts. */
  alerts(): Promise<readonly Alert[]>;
}

export interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Alert {
  readonly code: string;
  readonly count: number;
  readonly threshold: number;
  readonly runbook: string;
}

export function clientOf(url: string): Client {
  const send = async (method: string, path: string, role: string, key?: string, body?: object): Promise<Reply> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        'x-actor-id': 'drill',
        'x-actor-role': role,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, json: (await response.json()) as Reply['json'] };
  };
  return {
    command: (path, body, { key = randomUUID(), role = 'dispatcher' } = {}) => send('POST', path, role, key, body),
    put: (path, body) => send('PUT', path, 'dispatcher', randomUUID(), body),
    get: (path) => send('GET', path, 'dispatcher'),
    async alerts() {
      const { status, json } = await send('GET', '/ops/alerts', 'admin');
      if (status !== 200) throw new Error(`/ops/alerts answered ${status}`);
      return json.alerts as readonly Alert[];
    },
  };
}

/** The reply, when it is the one that a step leans on. */
export async function must(status: number, asked: Promise<Reply>, what: string): Promise<Reply> {
  const reply = await asked;
  if (reply.status !== status)
    throw new Error(`${what}: expected ${status}, got ${reply.status} ${JSON.stringify(reply.json)}`);
  return reply;
}

/** Looks until it is so. @throws after so many milliseconds, with what was seen last */
export async function until<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  what: string,
  patienceMs: number,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`${what} was waited for in vain; last: ${JSON.stringify(seen)}`);
    await delay(25);
  }
}
