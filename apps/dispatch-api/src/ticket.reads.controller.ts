import { outsideScope } from '@dispatch/access';
import { type AsOf, evidenceBody, refuse, ticketBody, type TicketReads } from '@dispatch/commands';
import type { Policy, ToolRow } from '@dispatch/policy';
import { parseInstant, parseUuid, type Ticket, type Uuid } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UsesTool } from './admission.guard.js';
import { ApiError, apiError } from './api-error.js';
import { Describes } from './openapi.js';
import { cursorAt, invalid, limitOf, placeOf, queryOf } from './query.js';
import { admissionOf, type DispatchRequest, notUuid } from './request.js';
import { route } from './route.js';
import { TICKET_READS } from './tokens.js';

const PAGE = { most: 500, usual: 500 };

/** What is answered from the ticket's own stream. */
export function ticketReadsController(policy: Policy): Type {
  const get = row(policy, 'ticket.get');
  const timeline = row(policy, 'ticket.timeline');
  const evidence = row(policy, 'closeout.list_evidence');

  @Controller()
  class TicketReadsController {
    constructor(@Inject(TICKET_READS) private readonly reads: TicketReads) {}

    @Get(route(get))
    @UsesTool(get)
    @Describes(get, { status: 200, schema: 'Ticket' })
    async get(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const id = ticketIdIn(request);
      const { as_of: asOf } = queryOf(request, ['as_of']);
      const ticket = await this.visible(request, id, asOf === undefined ? undefined : momentOf(asOf));
      reply.header('etag', `"${ticket.version}"`);
      return ticketBody(ticket);
    }

    @Get(route(timeline))
    @UsesTool(timeline)
    @Describes(timeline, { status: 200, schema: 'Timeline' })
    async timeline(@Req() request: DispatchRequest) {
      const id = ticketIdIn(request);
      const { limit, from } = page(request);
      const ticket = await this.visible(request, id);
      const events = await this.reads.timeline(id, from, limit);
      const next = from + events.length;
      return { ticket_id: id, events, next_cursor: next <= ticket.version ? cursorAt(next) : null };
    }

    @Get(route(evidence))
    @UsesTool(evidence)
    @Describes(evidence, { status: 200, schema: 'EvidenceList' })
    async evidence(@Req() request: DispatchRequest) {
      const id = ticketIdIn(request);
      const { limit, from } = page(request);
      const ticket = await this.visible(request, id);
      const items = ticket.evidence.slice(from, from + limit).map((item) => evidenceBody(ticket, item));
      const next = from + items.length;
      return { ticket_id: id, evidence: items, next_cursor: next < ticket.evidence.length ? cursorAt(next) : null };
    }

    private async visible(request: DispatchRequest, id: Uuid, asOf?: AsOf): Promise<Ticket> {
      const ticket = await this.reads.ticket(id, asOf);
      if (!ticket) throw apiError(refuse('TICKET_NOT_FOUND', { ticket_id: id }).rejection);
      const breach = outsideScope(admissionOf(request).actor, ticket);
      if (breach) throw apiError(refuse('FORBIDDEN_SCOPE', breach).rejection);
      return ticket;
    }
  }
  return TicketReadsController;
}

function row(policy: Policy, tool: string): ToolRow {
  const found = policy.tool(tool);
  if (!found) throw new Error(`the policy has no tool ${tool}`);
  return found;
}

function ticketIdIn(request: DispatchRequest): Uuid {
  const id = parseUuid(request.params.id);
  if (id) return id;
  const fault = notUuid('id');
  throw new ApiError('INVALID_TICKET_ID', fault.message, { fields: [fault] });
}

function page(request: DispatchRequest) {
  const { limit, cursor } = queryOf(request, ['limit', 'cursor']);
  return { limit: limitOf(limit, PAGE), from: placeOf(cursor) };
}

/** A version, or an instant. */
function momentOf(text: string): AsOf {
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  const time = parseInstant(text);
  if (!time) throw invalid('as_of', 'must be a version or an ISO 8601 instant');
  return { time };
}
