import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A command as a client keeps it, to be able to send it again. */
export interface Sent {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** Of the path; with the key and the actor the command's identity. */
  readonly endpoint: string;
  readonly key: string;
  readonly body: object;
  /** What came back: nothing when the connection broke, or the service said that it could not tell. */
  answer?: Received;
}

export interface Received {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
  /** Seconds after which to send it again, where the service says so. */
  readonly retryAfter: string | null;
}

/** How one try of a command went. */
export interface Try {
  /** Where it was sent. */
  readonly url: string;
  /** Undefined when the connection broke. */
  readonly received: Received | undefined;
  /** Milliseconds. */
  readonly took: number;
}

export const ACTOR = 'load';
/** How long a patient client waits before it sends a command again. */
const RETRY_MS = 20;

export async function send(url: string, { method, path, key, body }: Sent): Promise<Received> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      'x-actor-id': ACTOR,
      'x-actor-role': 'dispatcher',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const replayed = response.headers.get('idempotency-replayed') === 'true';
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, text: await response.text(), replayed, retryAfter };
}

/** Clients that send one command after another and write down what they sent and what came back. */
export interface Load {
  readonly sent: readonly Sent[];
  readonly acknowledged: () => number;
  /** Resolves when so many commands, counted from the first, were acknowledged. */
  reached(acknowledged: number): Promise<void>;
  /** No more commands; resolves when those under way have come to an end. */
  stop(): Promise<void>;
  /** Resolves when every client has given up. */
  readonly ended: Promise<void>;
}

/**
 * @param urls one or several nodes of a service: the clients begin at them in turn, and each turns to the next when it
 * is not answered
 * @param patient whether a client sends a command again, under its key, until it is answered; else it gives up at
 * the first broken connection or 5xx
 * @param onTry hears how each try went
 * @param restMs of a client between an answer and its next command
 */
export function load(
  urls: string | readonly string[],
  clients: number,
  ticket: object,
  patient: boolean,
  { onTry = () => undefined, restMs = 0 }: { onTry?: (tried: Try) => void; restMs?: number } = {},
): Load {
  const nodes = [urls].flat();
  const sent: Sent[] = [];
  const waiting = new Map<() => void, number>();
  const run = { stopped: false, acknowledged: 0 };

  const attempt = async (command: Sent, node: number): Promise<Received | undefined> => {
    const url = nodes[node % nodes.length] ?? '';
    const begun = performance.now();
    const received = await send(url, command).catch(() => undefined);
    onTry({ url, received, took: performance.now() - begun });
    if (received === undefined || received.status >= 500) return undefined;
    command.answer = received;
    run.acknowledged += 1;
    for (const [wake, count] of waiting) if (count <= run.acknowledged) wake();
    return received;
  };
  const client = async (first: number): Promise<void> => {
    let node = first;
    const insisting = async (command: Sent): Promise<Received | undefined> => {
      let received = await attempt(command, node);
      while (patient && !received && !run.stopped) {
        await delay(RETRY_MS);
        node += 1;
        received = await attempt(command, node);
      }
      return received;
    };
    let id: string | undefined;
    for (let n = 0; !run.stopped; n += 1) {
      const command = id === undefined || n % 8 === 0 ? creation(ticket) : onTicket(id, n);
      sent.push(command);
      const received = await insisting(command);
      if (!received) return;
      id = idOf(received) ?? id;
      if (restMs > 0) await delay(restMs);
    }
  };
  const ended = Promise.all(Array.from({ length: clients }, (_, n) => client(n))).then(() => undefined);
  return {
    sent,
    acknowledged: () => run.acknowledged,
    reached: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (run.acknowledged >= count) resolve();
      else waiting.set(resolve, count);
      return promise;
    },
    async stop() {
      run.stopped = true;
      await ended;
    },
    ended,
  };
}

function idOf({ text }: Received): string | undefined {
  const { id, state }: { id?: string; state?: string } = JSON.parse(text);
  return state === undefined ? undefined : id;
}

const command = (path: string, endpoint: string, body: object): Sent => ({
  method: 'POST',
  path,
  endpoint,
  key: randomUUID(),
  body,
});

const creation = (ticket: object): Sent => command('/tickets', 'POST /tickets', ticket);

/** Commands that a new ticket takes again and again. */
function onTicket(id: string, n: number): Sent {
  const evidence = {
    kind: 'PHOTO',
    uri: `s3://evidence/${n}`,
    metadata: { taken: n, by: 'phone', at: { lon: 1, lat: 2 } },
  };
  const triage = { priority: n % 2 === 0 ? 'URGENT' : 'ROUTINE', incident_type: 'DOOR_WONT_LATCH' };
  return n % 3 === 0
    ? command(`/tickets/${id}/triage`, 'POST /tickets/{id}/triage', triage)
    : command(`/tickets/${id}/evidence`, 'POST /tickets/{id}/evidence', evidence);
}
