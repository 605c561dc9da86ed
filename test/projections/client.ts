import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { comparePositions, type Position } from '@dispatch/event-store';
import { type Ask, at, type Reply, send, textAt } from '../support/api.js';
import { bodiesOn, type Command } from '../support/tickets.js';

/** A site whose tickets one client works on, and what was acknowledged of them. */
export interface Client {
  readonly siteId: string;
  /** The API that it writes at. */
  readonly url: string;
  /** Open tickets and when each was last changed, as the service answered. */
  readonly open: ReadonlyMap<string, string>;
  /** Tickets that it has sent a cancel for, and those for which it was acknowledged. */
  readonly leaving: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  /** Of its last answer. */
  readonly position: Position | 'start';
  /** One more command; throws when it is refused. */
  next(): Promise<Reply>;
}

/** What one client has open at most: far below a page of the queue. */
const MOST_OPEN = 20;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export const closeConnections = (): void => agent.destroy();

export async function ask(url: string, asked: Ask): Promise<Reply> {
  const reply = await send(url, agent, asked);
  if (reply.status >= 300) throw new Error(`${asked.method} ${asked.path}: ${reply.status} ${reply.text}`);
  return reply;
}

/** A client with an account and a site of its own. */
export async function openClient(url: string): Promise<Client> {
  const ground = { accountId: randomUUID(), siteId: randomUUID(), techId: randomUUID() };
  const bodies = bodiesOn(ground);
  await ask(url, { method: 'PUT', path: `/accounts/${ground.accountId}`, body: bodies['account.put'] });
  await ask(url, { method: 'PUT', path: `/sites/${ground.siteId}`, body: bodies['site.put'] });

  const open = new Map<string, string>();
  const leaving = new Set<string>();
  const left = new Set<string>();
  let position: Position | 'start' = 'start';
  let turn = 0;
  const give = async (path: string, tool: Command): Promise<Reply> => {
    const reply = await ask(url, { method: 'POST', path, body: bodies[tool] });
    position = String(reply.headers['dispatch-position']);
    return reply;
  };
  const onTicket = async (id: string, action: string, tool: Command): Promise<Reply> => {
    const reply = await give(`/tickets/${id}/${action}`, tool);
    const changedAt = at(reply.json, 'updated_at');
    if (typeof changedAt === 'string') open.set(id, changedAt);
    return reply;
  };

  return {
    siteId: ground.siteId,
    url,
    open,
    leaving,
    left,
    get position() {
      return position;
    },
    async next() {
      turn += 1;
      const [oldest] = open.keys();
      const newest = [...open.keys()].at(-1);
      if (oldest === undefined || newest === undefined || turn % 4 === 1) {
        const reply = await give('/tickets', 'ticket.create');
        open.set(textAt(reply, 'id'), textAt(reply, 'updated_at'));
        return reply;
      }
      if (turn % 4 === 0 && open.size > MOST_OPEN) {
        leaving.add(oldest);
        open.delete(oldest);
        const reply = await give(`/tickets/${oldest}/cancel`, 'ticket.cancel');
        left.add(oldest);
        return reply;
      }
      if (turn % 4 === 3) return onTicket(oldest, 'evidence', 'closeout.add_evidence');
      return onTicket(newest, 'triage', 'ticket.triage');
    },
  };
}

export interface Reading {
  /** Where it reads: at another API than the client writes at it says what position it wants. */
  readonly url: string;
  /** Whether what has not come far enough may say so. */
  readonly mayBeBehind: boolean;
}

/** Reads the queue of a client's site over and over; each call answers what was wrong with one answer. */
export function reader(client: Client, { url, mayBeBehind }: Reading): () => Promise<readonly string[]> {
  let reflected: Position | 'start' = 'start';
  const seen = new Map<string, string>();

  return async () => {
    const { position } = client;
    const acknowledged = new Map(client.open);
    const left = new Set(client.left);
    const headers = url === client.url ? {} : { 'dispatch-min-position': position === 'start' ? '0' : position };
    const path = `/ux/dispatcher/cockpit?site_id=${client.siteId}`;
    const reply = await send(url, agent, { method: 'GET', path, headers });
    if (mayBeBehind && at(reply.json, 'error.code') === 'READ_MODEL_BEHIND') return [];
    if (reply.status !== 200) return [`a read failed: ${reply.status} ${reply.text}`];

    const faults: string[] = [];
    const shows = String(reply.headers['dispatch-position']);
    if (comparePositions(shows, reflected) < 0) faults.push(`from position ${reflected} back to ${shows}`);
    reflected = shows;
    const rows = rowsOf(reply);
    for (const [id, changedAt] of rows) {
      if (changedAt < (seen.get(id) ?? '')) faults.push(`${id} went back to ${changedAt}`);
      seen.set(id, changedAt);
    }
    const isStale = reply.headers['dispatch-stale'] !== undefined;
    if (isStale && !mayBeBehind) faults.push(`it stood at ${shows} when ${position} was acknowledged`);
    if (isStale) return faults;
    for (const [id, changedAt] of acknowledged) {
      const shown = rows.get(id);
      if (shown === undefined ? !client.leaving.has(id) : shown < changedAt) faults.push(`${id} was missed`);
    }
    for (const id of rows.keys()) if (left.has(id)) faults.push(`${id} had left`);
    return faults;
  };
}

/** When each ticket of the queue was last changed. */
function rowsOf({ json }: Reply): Map<string, string> {
  const queue = at(json, 'queue');
  if (!Array.isArray(queue)) throw new Error('an answer without a queue');
  return new Map(queue.map((row) => [String(at(row, 'ticket_id')), String(at(row, 'last_update_at'))]));
}
