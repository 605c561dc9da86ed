import type { Recognise } from '@dispatch/access';
import type { Policy } from '@dispatch/policy';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiError } from './api-error.js';
import { recognised } from './recognised.js';
import { type DispatchRequest, header } from './request.js';
import type { CountActor } from './rate-limit.js';
import { COUNT_ACTOR, POLICY, RECOGNISE } from './tokens.js';
import { correlationOf, traceOf } from './trace.js';

/** A row of the policy that a route serves. */
export interface Row {
  readonly tool: string;
  readonly method: string;
  readonly path: string;
  readonly mutating: boolean;
}

const ROW = 'dispatch:row';
/** Marks a route with the policy row that it serves. A route without one is open to everybody. */
export const UsesTool = (row: Row) => SetMetadata(ROW, row);

/**
 * Steps 2 to 4 of the contract's order of checks: who, may this role, is it this tool, is there a key. An actor who
 * asks too often is told so as soon as it is known who it is.
 */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(
    @Inject(RECOGNISE) private readonly recognise: Recognise,
    @Inject(POLICY) private readonly policy: Policy,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(COUNT_ACTOR) private readonly countActor: CountActor,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const row = this.reflector.get<Row | undefined>(ROW, context.getHandler());
    if (!row) return true;
    const request = context.switchToHttp().getRequest<DispatchRequest>();
    const actor = await recognised(this.recognise, request);
    await this.countActor(request, actor.id);
    const endpoint = `${row.method} ${row.path}`;
    if (!this.policy.allows(actor.role, row.tool))
      throw new ApiError('FORBIDDEN', `The role ${printed(actor.role)} may not use ${endpoint}`, { endpoint });
    const tool = header(request, 'x-tool-name') ?? row.tool;
    if (tool !== row.tool)
      throw new ApiError('TOOL_NOT_ALLOWED', `${endpoint} serves the tool ${row.tool} only`, {
        endpoint,
        tool_name: printed(tool),
      });
    const key = row.mutating ? idempotencyKey(request) : undefined;
    const [correlationId, traceId] = [correlationOf(request), traceOf(request)];
    request.admission = { actor, tool: row.tool, endpoint, key, correlationId, traceId };
    return true;
  }
}

export function idempotencyKey(request: DispatchRequest): Uuid {
  const text = header(request, 'idempotency-key');
  if (text === undefined || text.trim() === '')
    throw new ApiError('MISSING_IDEMPOTENCY_KEY', 'The header Idempotency-Key is required');
  const key = parseUuid(text.trim());
  if (!key) throw new ApiError('INVALID_IDEMPOTENCY_KEY', 'The header Idempotency-Key must be a UUID');
  return key;
}

/** What a stranger sent, fit to be shown. */
const printed = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
