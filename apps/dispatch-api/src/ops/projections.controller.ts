import type { Recognise } from '@dispatch/access';
import type { EventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import type { ProjectionStatus, ReadModels } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import type { Log } from '@dispatch/telemetry';
import { Controller, Get, HttpCode, Inject, Post, Req, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiError } from '../api-error.js';
import { limitOf, queryOf } from '../query.js';
import { reachable } from '../reads/reachable.js';
import { recognised } from '../recognised.js';
import type { DispatchRequest } from '../request.js';
import { EVENTS, OPERATING, POLICY, RECOGNISE, REJECTIONS } from '../tokens.js';
import { OpsGuard } from './ops.guard.js';
import { type Rejections, REMEMBERED } from './rejections.js';

/** What the operations page is made of, and what it may start. */
export interface Operating {
  readonly models: Pick<ReadModels, 'status'>;
  /** Begins to make a read model anew beside the live one; resolves at its end. Undefined where this process cannot. */
  readonly rebuild: ((name: string, by: string) => Promise<void>) | undefined;
  readonly log: Log;
}

/** Read models and refusals for engineers. */
@Controller('/ops')
@UseGuards(OpsGuard)
export class ProjectionsController {
  private readonly running = new Set<string>();

  constructor(
    @Inject(OPERATING) private readonly operating: Operating,
    @Inject(EVENTS) private readonly events: Pick<EventStore, 'head'>,
    @Inject(REJECTIONS) private readonly refused: Rejections,
    @Inject(RECOGNISE) private readonly recognise: Recognise,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  @Get('/projections')
  @ApiOperation({ operationId: 'projections', summary: 'Every read model: how far it is, and what is being rebuilt' })
  @ApiResponse({ status: 200, description: 'Success', schema: { $ref: '#/components/schemas/Projections' } })
  async projections(@Req() request: DispatchRequest) {
    queryOf(request, []);
    const [head, statuses] = await Promise.all([this.events.head(), reachable(this.operating.models.status())]);
    return {
      generated_at: new Date().toISOString(),
      head_position: head === 'start' ? '0' : head,
      projections: READ_MODELS.map(({ name, version }) =>
        this.body(
          name,
          version,
          statuses.find((one) => one.name === name),
        ),
      ),
    };
  }

  private body(name: string, version: number, status: ProjectionStatus | undefined) {
    const building = status && rebuildOf(status);
    return {
      name,
      version: status?.version ?? version,
      state: status?.state ?? 'missing',
      reason: status?.reason ?? null,
      checkpoint_position: status === undefined ? null : shown(status.position),
      lag_positions: status?.lagPositions ?? 0,
      lag_seconds: status?.lagSeconds ?? 0,
      parked: status?.parkedCount ?? 0,
      runner: status?.runner ?? null,
      rebuild: building
        ? { state: 'running', position: shown(building.position), target_position: shown(status?.head ?? 'start') }
        : this.running.has(name)
          ? { state: 'starting', position: null, target_position: null }
          : null,
    };
  }

  @Post('/projections/:name/rebuild')
  @HttpCode(202)
  @ApiOperation({ operationId: 'rebuildProjection', summary: 'Make a read model anew beside the live one, and swap' })
  @ApiParam({ name: 'name', schema: { type: 'string' } })
  @ApiResponse({ status: 202, description: 'Begun', schema: { $ref: '#/components/schemas/RebuildBegun' } })
  async rebuild(@Req() request: DispatchRequest) {
    queryOf(request, []);
    const actor = await recognised(this.recognise, request);
    if (!this.policy.mayRebuild(actor.role))
      throw new ApiError('FORBIDDEN', `The role ${actor.role} may not rebuild read models`, {});
    const { name = '' } = request.params;
    const { rebuild, models, log } = this.operating;
    if (!READ_MODELS.some((one) => one.name === name))
      throw new ApiError('PROJECTION_NOT_FOUND', 'There is no such read model');
    if (!rebuild) throw new ApiError('SERVICE_UNAVAILABLE', 'This process rebuilds nothing');
    const status = (await reachable(models.status())).find((one) => one.name === name);
    if ((status && rebuildOf(status)) || this.running.has(name))
      throw new ApiError('REBUILD_RUNNING', `${name} is being rebuilt already`);
    this.running.add(name);
    log.info({ projection: name, by: actor.id }, 'rebuild: asked for over HTTP');
    void rebuild(name, actor.id)
      .catch((error: unknown) =>
        log.warn(
          { projection: name, error: error instanceof Error ? error.message : String(error) },
          'rebuild: failed',
        ),
      )
      .finally(() => this.running.delete(name));
    return { name, state: 'starting' };
  }

  @Get('/rejections')
  @ApiOperation({ operationId: 'rejections', summary: 'What this process has refused of late, newest first' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: REMEMBERED } })
  @ApiResponse({ status: 200, description: 'Success', schema: { $ref: '#/components/schemas/Rejections' } })
  rejections(@Req() request: DispatchRequest) {
    const limit = limitOf(queryOf(request, ['limit']).limit, { most: REMEMBERED, usual: 50 });
    const { since } = this.refused;
    return { generated_at: new Date().toISOString(), since, rejections: this.refused.latest(limit) };
  }
}

const STILL_SECONDS = 30;

/** What is being rebuilt: what a rebuild that was killed left behind stands still, a living one moves. */
const rebuildOf = ({ building }: ProjectionStatus) => building.find(({ stillSeconds }) => stillSeconds < STILL_SECONDS);

const shown = (position: string): string => (position === 'start' ? '0' : position);
