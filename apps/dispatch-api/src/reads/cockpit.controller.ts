import type { Actor } from '@dispatch/access';
import { type TicketReads, ticketBody } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import { countQueue, type QueueReading, type QueueRow, readQueue } from '@dispatch/projections';
import { instantOf, parseUuid, PRIORITIES, STATES, type Uuid } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UsesTool } from '../admission.guard.js';
import { Describes, DescribesRead, reflects } from '../openapi.js';
import { invalid, limitOf, queryOf } from '../query.js';
import { admissionOf, type DispatchRequest } from '../request.js';
import { route } from '../route.js';
import { CLOCK, READS, TICKET_READS } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import { actionsBy, ROW_ACTIONS } from './actions.js';
import { actorBody } from './actor-body.js';
import { queueBody } from './cockpit-row.js';
import { QUEUE_FILTERS, queueFilters } from './filters.js';
import { minPositionOf } from './min-position.js';
import type { AnswerRead } from './read-answers.js';
import { scopeOf, visible } from './scope.js';
import { timelinePage } from './timeline.js';

const PAGE = { most: 200, usual: 200 };

/** The dispatcher's queue, most urgent first. */
export function cockpitController(policy: Policy): Type {
  const cockpit = toolRow(policy, 'dispatcher.cockpit');
  const actionsOn = actionsBy(policy);
  const sla = { target_minutes: policy.sla.targetMinutes, warning_minutes: policy.sla.warningMinutes };

  @Controller()
  class CockpitController {
    constructor(
      @Inject(READS) private readonly answer: AnswerRead,
      @Inject(TICKET_READS) private readonly tickets: TicketReads,
      @Inject(CLOCK) private readonly clock: () => number,
    ) {}

    @Get(route(cockpit))
    @UsesTool(cockpit)
    @Describes(cockpit, { status: 200, schema: 'Cockpit', headers: reflects })
    @DescribesRead({ filters: QUEUE_FILTERS, ids: ['ticket_id'], page: PAGE })
    async cockpit(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const asked = queryOf(request, ['ticket_id', 'limit', 'cursor'], QUEUE_FILTERS);
      const { actor } = admissionOf(request);
      const filters = queueFilters(request);
      const selected = asked.ticket_id === undefined ? undefined : selectedIn(asked.ticket_id);
      const now = instantOf(this.clock());
      const limit = limitOf(asked.limit, PAGE);
      const reading: QueueReading = { filters, scope: scopeOf(actor), sla, now, limit, cursor: asked.cursor };

      const { body, headers } = await this.answer({
        models: ['cockpit_queue', 'directory'],
        atLeast: minPositionOf(request),
        cursor: asked.cursor,
        query: async (db) => {
          const [page, counts, selected_ticket] = await Promise.all([
            readQueue(db, reading),
            countQueue(db, reading),
            selected === undefined ? null : this.selected(selected, actor),
          ]);
          const body = {
            generated_at: now,
            actor: actorBody(request),
            filters_applied: filters,
            queue: page.rows.map((row) => shown(row, actor)),
            next_cursor: page.next,
            counts,
            selected_ticket,
          };
          return { body, stale: page.rows.some(({ stale }) => stale) };
        },
      });
      reply.headers(headers);
      return body;
    }

    /** From the ticket's own stream, and so of now, whatever the queue shows. */
    private async selected(id: Uuid, actor: Actor) {
      const ticket = visible(await this.tickets.ticket(id), id, actor);
      return {
        ticket: ticketBody(ticket),
        timeline: await timelinePage(this.tickets, ticket),
        evidence_summary: { total_items: ticket.evidence.length },
      };
    }
  }

  function shown(row: QueueRow, actor: Actor) {
    const state = STATES.find((one) => one === row.state);
    const priority = PRIORITIES.find((one) => one === row.priority);
    const [id, accountId, siteId] = [parseUuid(row.ticket_id), parseUuid(row.account_id), parseUuid(row.site_id)];
    if (!state || !priority || !id || !accountId || !siteId) throw new Error(`${row.ticket_id} is no row of tickets`);
    const assignedTechId = parseUuid(row.assigned_tech_id) ?? null;
    const subject = { id, accountId, siteId, assignedTechId, state, priority };
    return queueBody(row, state, policy, actionsOn(ROW_ACTIONS, actor, subject));
  }

  return CockpitController;
}

function selectedIn(text: string): Uuid {
  const id = parseUuid(text);
  if (!id) throw invalid('ticket_id', 'must be a UUID');
  return id;
}
