import type { EventStore } from '@dispatch/event-store';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiError } from './api-error.js';
import { EVENT_STORE } from './tokens.js';

/** Whether the process lives, and whether it can serve. Open to everybody, and so without detail. */
@Controller()
export class HealthController {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Get('/health')
  @ApiOperation({ operationId: 'health', summary: 'The process is alive' })
  health() {
    return { status: 'ok', service: 'dispatch-api', now: new Date().toISOString() };
  }

  @Get('/ready')
  @ApiOperation({ operationId: 'ready', summary: 'The log can be reached' })
  async ready() {
    const reachable = await this.store.head().then(
      () => true,
      () => false,
    );
    if (!reachable) throw new ApiError('SERVICE_UNAVAILABLE', 'Not ready', { reason: 'the log cannot be reached' });
    return { status: 'ready', service: 'dispatch-api', now: new Date().toISOString() };
  }
}
