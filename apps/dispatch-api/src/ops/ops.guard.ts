import type { Recognise } from '@dispatch/access';
import type { Policy } from '@dispatch/policy';
import { holdsToken, type OpsSettings } from '@dispatch/process';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ApiError } from '../api-error.js';
import { recognised } from '../recognised.js';
import type { DispatchRequest } from '../request.js';
import { OPS_SETTINGS, POLICY, RECOGNISE } from '../tokens.js';

/** Metrics and alerts are for whoever holds the operators' token, or has a role that the policy names for it. */
@Injectable()
export class OpsGuard implements CanActivate {
  constructor(
    @Inject(OPS_SETTINGS) private readonly settings: OpsSettings,
    @Inject(RECOGNISE) private readonly recognise: Recognise,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { guarded, token } = this.settings;
    if (!guarded) return true;
    const request = context.switchToHttp().getRequest<DispatchRequest>();
    if (token !== undefined && holdsToken(request.headers.authorization, token)) return true;
    const actor = await recognised(this.recognise, request);
    if (this.policy.mayOperate(actor.role)) return true;
    throw new ApiError('FORBIDDEN', 'Metrics and alerts are for operators', {});
  }
}
