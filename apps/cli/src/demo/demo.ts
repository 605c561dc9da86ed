import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { client, type Reply, type Request } from './client.js';
import { type Memory, memory, type Step, story } from './story.js';

interface Telling {
  readonly url: string;
  /** The service's HS256 secret; undefined: development headers. */
  readonly secret: string | undefined;
  readonly print: (line: string) => void;
}

/** Tells the story against a running service; false when an answer differed from what it should be. */
export async function demo({ url, secret, print }: Telling): Promise<boolean> {
  const send = client(url, secret);
  const known = memory();
  try {
    for (const [index, step] of story.entries()) {
      const request = { ...step.request(known), key: randomUUID() };
      print(`\n${index + 1}. ${step.told}`);
      const reply = await send(request);
      print(`   ${request.role}: ${request.method} ${request.path} → ${reply.status} ${gist(reply.json)}`);
      check(step, reply);
      if (step.twice) await repeat(request, reply, send, print);
      learn(step, reply, known);
    }
    await timeline(known, send, print);
    print('\nEvery answer was as it should be.');
    return true;
  } catch (error) {
    print(`\nStopped: ${reasonOf(error)}`);
    return false;
  }
}

function check({ expect }: Step, reply: Reply): void {
  if (reply.status !== expect.status)
    throw new Error(`expected status ${expect.status}, got ${reply.status}: ${reply.text}`);
  for (const [path, value] of Object.entries(expect.values ?? {}))
    if (!isDeepStrictEqual(at(reply.json, path), value))
      throw new Error(`expected ${path} to be ${JSON.stringify(value)}, got ${JSON.stringify(at(reply.json, path))}`);
}

async function repeat(
  request: Request,
  first: Reply,
  send: (request: Request) => Promise<Reply>,
  print: Telling['print'],
) {
  const again = await send(request);
  const replayed = again.headers.get('idempotency-replayed') === 'true';
  if (!replayed || again.text !== first.text || again.status !== first.status)
    throw new Error('the repeated request was not answered with the first answer');
  print('   the same request again → the same bytes, Idempotency-Replayed: true');
}

function learn({ learn: wanted = {} }: Step, reply: Reply, known: Memory): void {
  for (const name of ['ticket', 'approval'] as const) {
    const path = wanted[name];
    if (path !== undefined) known[name] = shown(at(reply.json, path));
  }
}

async function timeline(known: Memory, send: (request: Request) => Promise<Reply>, print: Telling['print']) {
  const reply = await send({ method: 'GET', path: `/tickets/${known.ticket}/timeline`, role: 'auditor' });
  const events = at(reply.json, 'events');
  const commands = story.filter(({ expect }) => expect.status < 300).length - 3;
  if (!Array.isArray(events) || events.length !== commands)
    throw new Error(`expected ${commands} events in the timeline, got ${reply.text.slice(0, 500)}`);
  print('\nThe timeline, which is the audit log:');
  for (const event of events) {
    const [time, actor, type] = ['created_at', 'actor_id', 'type'].map((name) => shown(at(event, name)));
    const moves = at(event, 'transitions');
    const path = Array.isArray(moves) ? moves.map((move) => ` → ${shown(at(move, 'to'))}`).join('') : '';
    print(`  ${shown(at(event, 'sequence')).padStart(2)}  ${time}  ${String(actor).padEnd(15)} ${type}${path}`);
  }
}

/** fetch says why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A value by its path; undefined when something on the way is missing. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null
          ? Object.entries(inner).find(([name]) => name === key)?.[1]
          : undefined,
      value,
    );
}

/** The few words of an answer that a reader of the story looks for. */
function gist(json: unknown): string {
  const code = at(json, 'error.code');
  if (code !== undefined) return `${shown(code)} ${JSON.stringify(at(json, 'error.missing_evidence_keys') ?? '')}`;
  const [state, version] = [
    at(json, 'state') ?? at(json, 'ticket.state'),
    at(json, 'version') ?? at(json, 'ticket.version'),
  ];
  return [state, version === undefined ? undefined : `version ${shown(version)}`].filter(Boolean).join(', ');
}
