import type { Readiness } from '@dispatch/process';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiError } from './api-error.js';
import { READINESS } from './tokens.js';

/** Whether the process lives, and whether it can serve. Open to everybody, and so without detail. */
@Controller()
export class HealthController {
  constructor(@Inject(READINESS) private readonly readiness: () => Promise<Readiness>) {}

  @Get('/health')
  @ApiOperation({ operationId: 'health', summary: 'The process is alive' })
  health() {
    return { status: 'ok', service: 'dispatch-api', now: new Date().toISOString() };
  }

  @Get('/ready')
  @ApiOperation({
    operationId: 'ready',
    summary: 'Log and read models can be reached, and no projection is missing, stopped or behind',
  })
  async ready() {
    const answer = await this.readiness();
    if (!answer.ready) throw new ApiError('SERVICE_UNAVAILABLE', 'Not ready', { reason: answer.reason });
    const now = new Date().toISOString();
    return { status: 'ready', service: 'dispatch-api', now, parked_keys: answer.parkedKeys };
  }
}
