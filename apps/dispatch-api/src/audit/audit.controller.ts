import type { EventStore, Recorded } from '@dispatch/event-store';
import { ticketIdOfStream, type TicketReads } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import { parseUuid } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { AppParts } from '../app.js';
import { UsesTool } from '../admission.guard.js';
import { ApiError } from '../api-error.js';
import { Describes } from '../openapi.js';
import { invalid, queryOf } from '../query.js';
import { reachable } from '../reads/reachable.js';
import { visible } from '../reads/scope.js';
import { admissionOf, type DispatchRequest, header, notUuid } from '../request.js';
import { route } from '../route.js';
import { EVENTS, PROOFS, TICKET_READS } from '../tokens.js';
import { auditRow } from './audit-row.js';
import { consistencyBody, headBody, inclusionBody, keyBody } from './bodies.js';
import { demandWholeScope } from './whole-scope.js';

type Proofs = AppParts['proofs'];

/** What an auditor reads to check the log without trusting who runs it. */
export function auditController(policy: Policy): Type {
  const rows = {
    checkpoint: auditRow(policy, 'audit.checkpoint'),
    keys: auditRow(policy, 'audit.keys'),
    event: auditRow(policy, 'audit.prove_event'),
    consistency: auditRow(policy, 'audit.prove_consistency'),
  };
  const size = { type: 'integer', minimum: 1 } as const;

  @Controller()
  class AuditController {
    constructor(
      @Inject(PROOFS) private readonly proofs: Proofs,
      @Inject(EVENTS) private readonly events: Pick<EventStore, 'find'>,
      @Inject(TICKET_READS) private readonly tickets: TicketReads,
    ) {}

    @Get(route(rows.checkpoint))
    @UsesTool(rows.checkpoint)
    @Describes(
      { ...rows.checkpoint, title: 'The newest signed tree head; with Accept: text/plain the signed note itself' },
      { status: 200, schema: 'Checkpoint' },
    )
    async checkpoint(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      queryOf(request, []);
      const head = await reachable(this.proofs.latest());
      if (!head) throw new ApiError('CHECKPOINT_NOT_FOUND', 'No tree head has been signed yet');
      if (!/\btext\/plain\b/.test(header(request, 'accept') ?? '')) return headBody(head);
      reply.type('text/plain; charset=utf-8');
      return head.note;
    }

    @Get(route(rows.keys))
    @UsesTool(rows.keys)
    @Describes({ ...rows.keys, title: 'The public keys that signed tree heads' }, { status: 200, schema: 'AuditKeys' })
    async keys(@Req() request: DispatchRequest) {
      queryOf(request, []);
      return { keys: (await reachable(this.proofs.keys())).map(keyBody) };
    }

    @Get(route(rows.event))
    @UsesTool(rows.event)
    @Describes(
      { ...rows.event, title: 'That an event is in the tree of the newest signed head' },
      { status: 200, schema: 'EventProof' },
    )
    async event(@Req() request: DispatchRequest) {
      queryOf(request, []);
      const fault = notUuid('id');
      const id = parseUuid(request.params.id);
      if (!id) throw new ApiError('INVALID_REQUEST', fault.message, { fields: [fault] });
      const event = await this.events.find(id);
      if (!event) throw new ApiError('EVENT_NOT_FOUND', 'The log has no such event', { event_id: id });
      await this.mayAsk(request, event);
      const found = await reachable(this.proofs.inclusion(event));
      if (!found) throw new ApiError('READ_MODEL_BEHIND', 'No signed tree head covers the event yet', {}, RETRY);
      return inclusionBody(event, found);
    }

    @Get(route(rows.consistency))
    @UsesTool(rows.consistency)
    @Describes(
      { ...rows.consistency, title: 'That the tree of one size begins with the tree of a smaller one' },
      { status: 200, schema: 'ConsistencyProof' },
    )
    @ApiQuery({ name: 'from', required: true, schema: size })
    @ApiQuery({ name: 'to', required: false, schema: size, description: "The newest signed head's size by default" })
    async consistency(@Req() request: DispatchRequest) {
      const { from: asked, to: upTo } = queryOf(request, ['from', 'to']);
      const from = sizeOf('from', asked);
      const head = upTo === undefined ? await reachable(this.proofs.latest()) : undefined;
      if (upTo === undefined && !head) throw new ApiError('CHECKPOINT_NOT_FOUND', 'No tree head has been signed yet');
      const to = head?.size ?? sizeOf('to', upTo);
      if (from > to) throw invalid('from', 'must not be greater than to');
      const found = await reachable(this.proofs.consistency(from, to));
      if (!found) throw invalid('to', 'is greater than the tree');
      return consistencyBody(found);
    }

    /** A proof tells where its event stands: whoever may not see a ticket is not told. */
    private async mayAsk(request: DispatchRequest, { stream }: Recorded): Promise<void> {
      const { actor } = admissionOf(request);
      const ticketId = ticketIdOfStream(stream);
      if (ticketId) return void visible(await this.tickets.ticket(ticketId), ticketId, actor);
      demandWholeScope(actor);
    }
  }
  return AuditController;
}

const RETRY = { headers: { 'retry-after': '1' } };

function sizeOf(name: string, text: string | undefined): number {
  const size = /^[1-9]\d{0,14}$/.test(text ?? '') ? Number(text) : 0;
  if (size === 0) throw invalid(name, 'must be a size of the tree: a whole number from 1');
  return size;
}
