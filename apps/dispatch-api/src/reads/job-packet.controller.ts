import type { TicketReads } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import { findJobPacket, type JobPacket } from '@dispatch/projections';
import { instantOf } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UsesTool } from '../admission.guard.js';
import { Describes, DescribesRead, reflects } from '../openapi.js';
import { queryOf } from '../query.js';
import { admissionOf, type DispatchRequest, ticketIdIn } from '../request.js';
import { route } from '../route.js';
import { CLOCK, READS, TICKET_READS, VAULT } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import { actionsBy, PACKET_ACTIONS } from './actions.js';
import { actorBody } from './actor-body.js';
import { openedPacket, packetBody, type ShowCloseout } from './job-packet.js';
import { minPositionOf } from './min-position.js';
import { type AnswerRead, behind } from './read-answers.js';
import { visible } from './scope.js';
import { TIMELINE_PAGE } from './timeline.js';

const LATEST = 10;

/** What a technician needs on site. */
export function jobPacketController(policy: Policy, closeoutOf: ShowCloseout): Type {
  const row = toolRow(policy, 'tech.job_packet');
  const actionsOn = actionsBy(policy);

  @Controller()
  class JobPacketController {
    constructor(
      @Inject(READS) private readonly answer: AnswerRead,
      @Inject(TICKET_READS) private readonly tickets: TicketReads,
      @Inject(CLOCK) private readonly clock: () => number,
      @Inject(VAULT) private readonly vault: Vault,
    ) {}

    @Get(route(row))
    @UsesTool(row)
    @Describes(row, { status: 200, schema: 'JobPacket', headers: reflects })
    @DescribesRead({})
    async packet(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const id = ticketIdIn(request);
      queryOf(request, []);
      const { actor } = admissionOf(request);
      const { body, headers } = await this.answer({
        models: ['job_packet', 'directory'],
        atLeast: minPositionOf(request),
        query: async (db) => {
          const packet = await findJobPacket(db, id);
          const ticket = visible(packet?.ticket ?? (await this.tickets.ticket(id)), id, actor);
          // It is in the log, and the read model does not have it yet.
          if (!packet) throw behind();
          const shown = await openedPacket(this.vault, packet);
          return { body: await this.body(request, shown, ticket.version), stale: packet.stale };
        },
      });
      reply.headers(headers);
      return body;
    }

    private async body(request: DispatchRequest, packet: JobPacket, version: number) {
      const { ticket } = packet;
      const closeout = await closeoutOf(ticket);
      // Up to the event that the packet shows, so that the two do not contradict each other.
      const count = Math.min(version + 1, TIMELINE_PAGE.most);
      const events = await this.tickets.timeline(ticket.id, version + 1 - count, count);
      const subject = { ...ticket, gap: closeout.gap };
      return {
        generated_at: instantOf(this.clock()),
        actor: actorBody(request),
        packet: {
          ...packetBody(packet, closeout),
          timeline: { events, latest_events: events.slice(-LATEST) },
          actions: actionsOn(PACKET_ACTIONS, admissionOf(request).actor, subject),
        },
      };
    }
  }
  return JobPacketController;
}
