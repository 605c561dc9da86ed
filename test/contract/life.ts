import { expect } from '@jest/globals';
import { type Api, at, type Reply, startApi, textAt } from '../support/api.js';
import { type Command, groundOf, type Tickets } from '../support/tickets.js';

/** What a life has learnt so far. */
export interface Known extends Tickets {
  readonly ticketId: string;
  readonly approvalId: string;
}

export interface Step {
  readonly tool: Command;
  /** Who does it, where it is not who usually does. */
  readonly as?: string;
  /** Laid over the tool's ordinary body. */
  readonly body?: (known: Known) => object;
  /** The fields of the ticket that are other than before. */
  readonly changes: (known: Known, now: string) => object;
}

type Body = Readonly<Record<string, unknown>>;

/** One ticket that is led through its states, and held against what its answers should be. */
export interface Life extends Known {
  readonly api: Api;
  ticketId: string;
  approvalId: string;
  /** The whole ticket as the last answer should have shown it. */
  ticket: Body;
  /** The clock as text; stands still within a command. */
  now(): string;
  /** Gives a command that succeeds, a minute after the last. */
  step(step: Step): Promise<Reply>;
}

const MINUTE = 60_000;

export async function beginLife(): Promise<{ readonly api: Api; open(): Promise<Life> }> {
  let time = Date.UTC(2026, 2, 1, 8);
  const api = await startApi({ clock: () => time });
  const tickets = await groundOf(api);
  const now = () => new Date(time).toISOString();
  return {
    api,
    async open() {
      time += MINUTE;
      const created = await tickets.give('ticket.create');
      const ticketId = textAt(created, 'id');
      const ticket = newTicket(tickets, ticketId, now());
      expect(created.json).toEqual(ticket);
      expect(created.status).toBe(201);
      expectHeaders(created, 0);
      const life: Life = {
        ...tickets,
        api,
        ticketId,
        approvalId: '',
        ticket,
        now,
        async step({ tool, as, body, changes }) {
          time += MINUTE;
          const ordinary: object = tickets.bodies[tool];
          const reply = await tickets.give(tool, {
            id: life.ticketId,
            body: { ...ordinary, ...body?.(life) },
            ...(as !== undefined && { as }),
          });
          if (tool === 'tech.request_change') life.approvalId = textAt(reply, 'approval.id');
          const version = Number(life.ticket.version) + 1;
          life.ticket = { ...life.ticket, ...changes(life, now()), version, updated_at: now() };
          expect({ tool, status: reply.status, json: shownTicket(tool, reply) }).toEqual({
            tool,
            status: 200,
            json: life.ticket,
          });
          expectHeaders(reply, version);
          return reply;
        },
      };
      return life;
    },
  };
}

const shownTicket = (tool: Command, { json }: Reply): unknown =>
  tool === 'tech.request_change' ? at(json, 'ticket') : json;

const newTicket = ({ accountId, siteId }: Tickets, id: string, now: string): Body => ({
  id,
  account_id: accountId,
  site_id: siteId,
  asset_id: null,
  state: 'NEW',
  priority: 'ROUTINE',
  incident_type: null,
  summary: 'Shop door will not lock',
  description: null,
  nte_cents: 0,
  currency: 'USD',
  risk_flags: [],
  scheduled_start: null,
  scheduled_end: null,
  schedule_options: [],
  assigned_provider_id: null,
  assigned_tech_id: null,
  pending_approval: null,
  version: 0,
  created_at: now,
  updated_at: now,
});

/** The headers of every success (CONTRACT section 4). */
export function expectHeaders({ headers }: Reply, version: number): void {
  expect(headers).toMatchObject({
    etag: `"${version}"`,
    'dispatch-position': expect.stringMatching(/^[1-9]\d*$/),
    'dispatch-event-id': expect.stringMatching(UUID),
    'content-type': 'application/json; charset=utf-8',
  });
  expect(headers).not.toHaveProperty('idempotency-replayed');
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
