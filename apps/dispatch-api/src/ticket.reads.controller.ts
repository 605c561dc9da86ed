import { type AsOf, evidenceBody, ticketBody, type TicketReads } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import { parseInstant, type Ticket, type Uuid } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UsesTool } from './admission.guard.js';
import { Describes, Takes } from './openapi.js';
import { cursorAt, invalid, limitOf, placeOf, queryOf } from './query.js';
import { visible } from './reads/scope.js';
import { TIMELINE_PAGE, timelinePage } from './reads/timeline.js';
import { admissionOf, type DispatchRequest, ticketIdIn } from './request.js';
import { route } from './route.js';
import { TICKET_READS } from './tokens.js';
import { toolRow } from './tool-row.js';

/** What is answered from the ticket's own stream. */
export function ticketReadsController(policy: Policy): Type {
  const get = toolRow(policy, 'ticket.get');
  const timeline = toolRow(policy, 'ticket.timeline');
  const evidence = toolRow(policy, 'closeout.list_evidence');

  @Controller()
  class TicketReadsController {
    constructor(@Inject(TICKET_READS) private readonly reads: TicketReads) {}

    @Get(route(get))
    @UsesTool(get)
    @Describes(get, { status: 200, schema: 'Ticket' })
    @Takes({ texts: ['as_of'] })
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
    @Takes({ page: TIMELINE_PAGE })
    async timeline(@Req() request: DispatchRequest) {
      const id = ticketIdIn(request);
      const { limit, from } = page(request);
      const ticket = await this.visible(request, id);
      return timelinePage(this.reads, ticket, from, limit);
    }

    @Get(route(evidence))
    @UsesTool(evidence)
    @Describes(evidence, { status: 200, schema: 'EvidenceList' })
    @Takes({ page: TIMELINE_PAGE })
    async evidence(@Req() request: DispatchRequest) {
      const id = ticketIdIn(request);
      const { limit, from } = page(request);
      const ticket = await this.visible(request, id);
      const items = ticket.evidence.slice(from, from + limit).map((item) => evidenceBody(ticket, item));
      const next = from + items.length;
      return { ticket_id: id, evidence: items, next_cursor: next < ticket.evidence.length ? cursorAt(next) : null };
    }

    private async visible(request: DispatchRequest, id: Uuid, asOf?: AsOf): Promise<Ticket> {
      return visible(await this.reads.ticket(id, asOf), id, admissionOf(request).actor);
    }
  }
  return TicketReadsController;
}

function page(request: DispatchRequest) {
  const { limit, cursor } = queryOf(request, ['limit', 'cursor']);
  return { limit: limitOf(limit, TIMELINE_PAGE), from: placeOf(cursor) };
}

/** A version, or an instant. */
function momentOf(text: string): AsOf {
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  const time = parseInstant(text);
  if (!time) throw invalid('as_of', 'must be a version or an ISO 8601 instant');
  return { time };
}
