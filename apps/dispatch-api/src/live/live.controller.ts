import type { Policy } from '@dispatch/policy';
import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import { ApiHeader, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Row, UsesTool } from '../admission.guard.js';
import { Describes } from '../openapi.js';
import { expiryOf } from '../pages/expiry.js';
import { queryOf } from '../query.js';
import { positionIn } from '../reads/min-position.js';
import { reachable } from '../reads/reachable.js';
import { admissionOf, type DispatchRequest } from '../request.js';
import { route } from '../route.js';
import { STREAMS } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import type { Streams } from './stream.js';

/** What has changed, as it happens: for whoever may read a ticket, of the tickets in the own scope. */
export function liveController(policy: Policy): Type {
  const whole = toolRow(policy, 'ticket.get');
  const row: Row = { tool: whole.tool, method: 'GET', path: '/ux/stream', mutating: false };

  @Controller()
  class LiveController {
    constructor(@Inject(STREAMS) private readonly streams: Streams) {}

    @Get(route(row))
    @UsesTool(row)
    @Describes(
      { ...row, operationId: 'ticketChanges', roles: whole.roles, title: 'Server-sent events: which tickets change' },
      { status: 200, schema: { type: 'string' } },
    )
    @ApiProduces('text/event-stream')
    @ApiHeader({ name: 'Last-Event-ID', required: false, schema: { type: 'string', pattern: '^\\d{1,20}$' } })
    async stream(@Req() request: DispatchRequest, @Res() reply: FastifyReply) {
      queryOf(request, []);
      tellOfItsEnd(reply);
      const after = positionIn(request, 'Last-Event-ID');
      const expiry = expiryOf(request.headers.authorization);
      const until = expiry === null ? undefined : Date.parse(expiry);
      // Fastify answers HEAD by the same handler, and would drain a stream that nobody ends.
      const isAsked = request.method !== 'HEAD';
      const out = isAsked ? await reachable(this.streams.open(admissionOf(request).actor, after, until)) : '';
      // A proxy that gathers answers would keep events to itself.
      reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
      return reply.send(out);
    }
  }
  return LiveController;
}

/**
 * That its client goes away is how a stream usually ends. Fastify then tells nobody that it is over unless it failed, and
 * there would be no log line and no count.
 */
function tellOfItsEnd({ raw }: FastifyReply): void {
  raw.once('close', () => {
    if (raw.writableFinished || raw.listenerCount('error') === 0) return;
    // By its code Fastify knows that nobody need be answered.
    raw.emit('error', Object.assign(new Error('the client went away'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
  });
}
