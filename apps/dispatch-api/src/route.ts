import type { Answered } from '@dispatch/commands';
import type { FastifyReply } from 'fastify';
import { apiError } from './api-error.js';
import type { DispatchRequest } from './request.js';

/** A path of the policy in the router's spelling. */
export const route = ({ path }: { readonly path: string }): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** A command's answer with the contract's headers, or its refusal. */
export function send(reply: FastifyReply, request: DispatchRequest, answer: Answered): void {
  if ('rejection' in answer) throw apiError(answer.rejection);
  request.outcome = { replay: answer.replayed };
  reply.status(answer.status).headers({
    etag: `"${answer.version}"`,
    'dispatch-position': answer.position,
    'dispatch-event-id': answer.eventId,
    ...(answer.replayed && { 'idempotency-replayed': 'true' }),
  });
  void reply.send(answer.body);
}
