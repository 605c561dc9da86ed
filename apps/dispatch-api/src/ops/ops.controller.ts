import type { OpsSettings } from '@dispatch/process';
import { countTransitions } from '@dispatch/projections';
import { CONTENT_TYPES, formatFor, type Meters } from '@dispatch/telemetry';
import { Controller, Get, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { AnswerRead } from '../reads/read-answers.js';
import type { DispatchRequest } from '../request.js';
import { COUNTS, METERS, OPS_SETTINGS, READS, SIGNALS } from '../tokens.js';
import { OpsGuard } from './ops.guard.js';
import type { RequestCounts } from './request-counts.js';
import { ALERTS, alertsOf, type Signals } from './signals.js';

const SERVICE = 'dispatch-api';
const RUNBOOKS = Object.fromEntries(ALERTS.map(({ code, runbook }) => [code, runbook]));

/** The numbers that operators watch. */
@Controller()
@UseGuards(OpsGuard)
export class OpsController {
  constructor(
    @Inject(METERS) private readonly meters: Meters,
    @Inject(COUNTS) private readonly counts: RequestCounts,
    @Inject(READS) private readonly answer: AnswerRead,
    @Inject(SIGNALS) private readonly signals: () => Promise<Signals>,
    @Inject(OPS_SETTINGS) private readonly settings: OpsSettings,
  ) {}

  @Get('/metrics')
  @ApiOperation({ operationId: 'metrics', summary: 'Counters of this process, and numbers of the whole' })
  @ApiProduces('application/json', 'text/plain', 'application/openmetrics-text')
  @ApiResponse({ status: 200, description: 'JSON, or the text that Prometheus takes, as the Accept header asks' })
  async metrics(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const format = formatFor(request.headers.accept);
    if (format === 'json') return this.snapshot();
    reply.header('content-type', CONTENT_TYPES[format]);
    return this.meters.text(format);
  }

  private async snapshot() {
    const { requests, errors, replays, conflicts } = this.counts;
    // From the log by way of its read model: a restart forgets nothing.
    const transitions = await this.answer({
      models: ['operations'],
      atLeast: undefined,
      query: async (db) => ({ body: await countTransitions(db), stale: false }),
    });
    return {
      service: SERVICE,
      generated_at: new Date().toISOString(),
      counters: {
        requests_total: requests.counts().map(({ labels, count }) => ({
          method: labels.method,
          endpoint: labels.endpoint,
          status: Number(labels.status),
          count,
        })),
        errors_total: errors.counts().map(({ labels, count }) => ({ code: labels.code, count })),
        transitions_total: transitions.body,
        idempotency_replay_total: replays.total(),
        idempotency_conflict_total: conflicts.total(),
      },
    };
  }

  @Get('/ops/alerts')
  @ApiOperation({ operationId: 'alerts', summary: 'What somebody should look at now, and the page that says how' })
  @ApiResponse({ status: 200, description: 'Signals, their thresholds, and the alerts that are raised' })
  async alerts() {
    const { thresholds } = this.settings;
    const signals = await this.signals();
    return {
      service: SERVICE,
      generated_at: new Date().toISOString(),
      thresholds,
      signals,
      alerts: alertsOf(signals, thresholds),
      runbooks: RUNBOOKS,
    };
  }
}
