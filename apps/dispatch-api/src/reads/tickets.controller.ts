import { ticketBody } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import { listTickets } from '@dispatch/projections';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UsesTool } from '../admission.guard.js';
import { Describes, DescribesRead, reflects } from '../openapi.js';
import { limitOf, queryOf } from '../query.js';
import { admissionOf, type DispatchRequest } from '../request.js';
import { route } from '../route.js';
import { READS } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import { searchOf, TICKET_FILTERS, ticketFilters } from './filters.js';
import { minPositionOf } from './min-position.js';
import type { AnswerRead } from './read-answers.js';
import { scopeOf } from './scope.js';

const PAGE = { most: 500, usual: 100 };

/** List and search. */
export function ticketsController(policy: Policy): Type {
  const list = toolRow(policy, 'ticket.list');

  @Controller()
  class TicketsController {
    constructor(@Inject(READS) private readonly answer: AnswerRead) {}

    @Get(route(list))
    @UsesTool(list)
    @Describes(list, { status: 200, schema: 'TicketList', headers: reflects })
    @DescribesRead({ filters: TICKET_FILTERS, texts: ['q'], page: PAGE })
    async list(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const { q, limit, cursor } = queryOf(request, ['q', 'limit', 'cursor'], TICKET_FILTERS);
      const listing = {
        filters: ticketFilters(request),
        q: searchOf(q),
        scope: scopeOf(admissionOf(request).actor),
        limit: limitOf(limit, PAGE),
        cursor,
      };
      const { body, headers } = await this.answer({
        models: ['tickets'],
        atLeast: minPositionOf(request),
        cursor,
        query: async (db) => {
          const { rows, next } = await listTickets(db, listing);
          const tickets = rows.map(({ ticket }) => ticketBody(ticket));
          return { body: { tickets, next_cursor: next }, stale: rows.some(({ stale }) => stale) };
        },
      });
      reply.headers(headers);
      return body;
    }
  }
  return TicketsController;
}
