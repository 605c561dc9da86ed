import type { Socket } from 'node:net';
import { type AccessConfig, AccessStrategy, authenticator, recogniser } from '@dispatch/access';
import { foldedStreams, foldTicket, type RunTool, ticketCommands, ticketReads } from '@dispatch/commands';
import { KINDS } from '@dispatch/directory';
import type { EventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { meteredLog, meterStatus, type OpsSettings, readiness, tracedLog, watchedAppends } from '@dispatch/process';
import type { ReadModels } from '@dispatch/projection';
import { READ_MODELS, type Queryable } from '@dispatch/projections';
import { asPart, type Log, type Meters } from '@dispatch/telemetry';
import { rules, type Tool } from '@dispatch/ticket';
import { Module, type Type } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AdmissionGuard } from './admission.guard.js';
import { ApiError, errorBody } from './api-error.js';
import { directoryController } from './directory/directory.controllers.js';
import { directoryEntities } from './directory/entities.js';
import { ErrorFilter } from './error.filter.js';
import { HealthController } from './health.controller.js';
import { acceptJsonBodies, BODY_LIMIT } from './json-body.js';
import { serveOpenApi } from './openapi.js';
import { meterBusiness, meterCache } from './ops/business-metrics.js';
import { OpsController } from './ops/ops.controller.js';
import { countRequests, type RequestCounts, requestCounts } from './ops/request-counts.js';
import { traceRequests } from './ops/request-traces.js';
import { signalsNow } from './ops/signals.js';
import { logRequests } from './request-log.js';
import { cockpitController } from './reads/cockpit.controller.js';
import { jobPacketController } from './reads/job-packet.controller.js';
import { rememberingWrites } from './reads/last-written.js';
import { readAnswers } from './reads/read-answers.js';
import { ticketsController } from './reads/tickets.controller.js';
import { methodsByPath } from './routes.js';
import { sendSecurityHeaders } from './security-headers.js';
import { ticketReadsController } from './ticket.reads.controller.js';
import {
  CLOCK,
  COUNTS,
  DIRECTORY,
  METERS,
  OPS_SETTINGS,
  POLICY,
  READINESS,
  READS,
  RECOGNISE,
  RUN_TOOL,
  SIGNALS,
  TICKET_READS,
} from './tokens.js';
import { toolController, ToolCallHandler } from './tool.controllers.js';

export interface AppParts {
  readonly store: EventStore;
  readonly policy: Policy;
  readonly access: AccessConfig;
  readonly objectStoreSchemes: readonly string[];
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly version: string;
  /** The read models that lists, cockpit and packet are answered from. */
  readonly reads: {
    readonly db: Queryable;
    readonly models: Pick<ReadModels, 'positionOf' | 'waitFor' | 'status'>;
    /** Milliseconds that a read waits for the position it is to reflect. */
    readonly waitMs: number;
  };
  /** What the process counts, and who may see it. */
  readonly ops: OpsSettings & { readonly meters: Meters };
  /** Stands in for the command path over `store`: what the shell costs can be measured by itself. */
  readonly runTool?: RunTool;
}

/** The HTTP shell over an event store: wired, not yet listening. */
export async function createApp(parts: AppParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // A whole request, body included; slow clients hold no connection for longer.
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    // What is in flight while the service stops is answered, not refused.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 8_192 },
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) =>
      void reply.status(400).send(MALFORMED),
    clientErrorHandler: (_error: unknown, socket: Socket) => {
      if (socket.writable) socket.end(MALFORMED_RESPONSE);
    },
  });
  const server: FastifyInstance = adapter.getInstance();
  const methodsOf = methodsByPath(server);
  acceptJsonBodies(server);
  traceRequests(server);
  logRequests(server, parts.log);
  const counts = requestCounts(parts.ops.meters, parts.ops.thresholds.window_minutes * MINUTE_MS);
  countRequests(server, counts);
  letConnectionsGoOnStop(server);
  sendSecurityHeaders(server);

  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(parts, counts), adapter, {
    bodyParser: false,
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  app.useGlobalFilters(new ErrorFilter(parts.log, methodsOf));
  serveOpenApi(app, parts.version);
  await app.init();
  return app;
}

/** What is answered while the service stops is the last of its connection: one kept alive would hold the stop up. */
function letConnectionsGoOnStop(server: FastifyInstance): void {
  let stopping = false;
  server.addHook('preClose', async () => {
    stopping = true;
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
}

const MALFORMED = errorBody(new ApiError('INVALID_REQUEST', 'The request is malformed', { fields: [] }), null);
const MALFORMED_TEXT = JSON.stringify(MALFORMED);
const MALFORMED_RESPONSE = [
  'HTTP/1.1 400 Bad Request',
  'Connection: close',
  'Content-Type: application/json; charset=utf-8',
  `Content-Length: ${Buffer.byteLength(MALFORMED_TEXT)}`,
  '',
  MALFORMED_TEXT,
].join('\r\n');

const MINUTE_MS = 60_000;
const NAMES = READ_MODELS.map(({ name }) => name);

function moduleOf(appParts: AppParts, counts: RequestCounts): Type {
  const { policy, access, objectStoreSchemes, log, clock, reads, ops, runTool } = appParts;
  const { meters, thresholds } = ops;
  const watched = watchedAppends(appParts.store);
  const { store, last: lastWritten } = rememberingWrites(tracedLog(meteredLog(watched.store, meters)));
  const tickets = foldedStreams(store, foldTicket);
  const directory = directoryEntities(store, policy.version, clock);
  const parts = { store, tickets, policy, directory: directory.lookup, objectStoreSchemes, clock, around: asPart };
  const answer = readAnswers({ ...reads, lastWritten });
  const signals = () => signalsNow({ counts, models: reads.models, names: NAMES, thresholds, clock }, answer);
  meterStatus(meters, { store, models: reads.models });
  meterBusiness(meters, { db: reads.db, policy, signals, thresholds, clock });
  meterCache(meters, () => tickets.use());
  const strategy = new AccessStrategy(authenticator({ ...access, clock }, (role) => policy.canonicalRole(role)));

  @Module({
    imports: [CqrsModule.forRoot()],
    controllers: [
      HealthController,
      OpsController,
      ...policy.tools.filter(({ mutating }) => mutating).map((row) => toolController(row, commandTool(row.tool))),
      ticketReadsController(policy),
      ticketsController(policy),
      cockpitController(policy),
      jobPacketController(policy, objectStoreSchemes),
      ...KINDS.map((kind) => directoryController(kind, policy)),
    ],
    providers: [
      ToolCallHandler,
      { provide: APP_GUARD, useClass: AdmissionGuard },
      {
        provide: READINESS,
        useValue: readiness({ store, appendFault: watched.fault, models: reads.models, names: NAMES, log }),
      },
      { provide: POLICY, useValue: policy },
      { provide: RECOGNISE, useValue: recogniser(strategy) },
      { provide: RUN_TOOL, useValue: runTool ?? ticketCommands(parts) },
      { provide: TICKET_READS, useValue: ticketReads(store, tickets) },
      { provide: DIRECTORY, useValue: directory },
      { provide: READS, useValue: answer },
      { provide: METERS, useValue: meters },
      { provide: COUNTS, useValue: counts },
      { provide: SIGNALS, useValue: signals },
      { provide: OPS_SETTINGS, useValue: ops },
      { provide: CLOCK, useValue: clock },
    ],
  })
  class DispatchModule {}
  return DispatchModule;
}

/** The policy is checked against the rules when it is loaded, so a row of another name does not come here. */
function commandTool(name: string): Tool {
  const tool = (['ticket.create', ...Object.keys(rules)] as Tool[]).find((one) => one === name);
  if (!tool) throw new Error(`no rule for the tool ${name}`);
  return tool;
}
