import { type AccessConfig, AccessStrategy, authenticator, recogniser } from '@dispatch/access';
import { foldedStreams, foldTicket, type RunTool, ticketCommands, ticketReads } from '@dispatch/commands';
import { denialRecorder, type DenialLimits } from '@dispatch/denials';
import { KINDS } from '@dispatch/directory';
import type { EventStore } from '@dispatch/event-store';
import { contentTypes, type EvidenceStore, type FolderStore } from '@dispatch/evidence';
import type { Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import { meteredLog, meterStatus, type OpsSettings, readiness, tracedLog, watchedAppends } from '@dispatch/process';
import type { ReadModels } from '@dispatch/projection';
import { READ_MODELS, type Queryable } from '@dispatch/projections';
import type { TreeReads } from '@dispatch/proof';
import { asPart, type Log, type Meters, sparing, tally } from '@dispatch/telemetry';
import { rules, type Tool } from '@dispatch/ticket';
import { Module, type Type } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AdmissionGuard } from './admission.guard.js';
import { auditController } from './audit/audit.controller.js';
import { recordDenials } from './audit/denied-attempts.js';
import { deniedController } from './audit/denied.controller.js';
import { directoryController } from './directory/directory.controllers.js';
import { directoryEntities } from './directory/entities.js';
import { ErrorFilter } from './error.filter.js';
import { absenceIn } from './evidence/absence.js';
import { serveObjects } from './evidence/objects.js';
import { uploadsController } from './evidence/uploads.controller.js';
import { HealthController } from './health.controller.js';
import { demandHost, httpServer, letConnectionsGoOnStop } from './http-server.js';
import { acceptJsonBodies } from './json-body.js';
import { openFeed } from './live/feed.js';
import { liveController } from './live/live.controller.js';
import { openStreams } from './live/stream.js';
import { type Limits, readLimits } from './limits.js';
import { serveOpenApi } from './openapi.js';
import { meterBusiness, meterCache, meterStreams } from './ops/business-metrics.js';
import { OpsController } from './ops/ops.controller.js';
import { type Operating, ProjectionsController } from './ops/projections.controller.js';
import { rememberRejections, type Rejections } from './ops/rejections.js';
import { countRequests, type RequestCounts, requestCounts } from './ops/request-counts.js';
import { traceRequests } from './ops/request-traces.js';
import { signalsNow } from './ops/signals.js';
import { servePages } from './pages/files.js';
import { serveRunbooks } from './pages/runbooks.js';
import { pagesController } from './pages/pages.controller.js';
import { limitRequests, type CountActor } from './rate-limit.js';
import { logRequests } from './request-log.js';
import { cockpitController } from './reads/cockpit.controller.js';
import { closeoutOf, type ShowCloseout } from './reads/job-packet.js';
import { jobPacketController } from './reads/job-packet.controller.js';
import { rememberingWrites } from './reads/last-written.js';
import { readAnswers } from './reads/read-answers.js';
import { ticketsController } from './reads/tickets.controller.js';
import { methodsByPath } from './routes.js';
import { sendSecurityHeaders } from './security-headers.js';
import { ticketReadsController } from './ticket.reads.controller.js';
import {
  CLOCK,
  COUNT_ACTOR,
  COUNTS,
  DIRECTORY,
  EVENTS,
  METERS,
  OPERATING,
  OPS_SETTINGS,
  POLICY,
  PROOFS,
  READINESS,
  READS,
  RECOGNISE,
  REJECTIONS,
  RUN_TOOL,
  SIGNALS,
  STREAMS,
  TICKET_READS,
  VAULT,
} from './tokens.js';
import { toolController, ToolCallHandler } from './tool.controllers.js';

export interface AppParts {
  readonly store: EventStore;
  readonly policy: Policy;
  /** Seals what is personal, and opens it. */
  readonly vault: Vault;
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
  /** What a client may take; outside of production's limits by default. */
  readonly limits?: Limits;
  /** Makes a read model anew, for whoever asked. */
  readonly rebuild?: (name: string, by: string) => Promise<void>;
  /** Where the pages are that alerts name. */
  readonly runbooksFolder?: string;
  /** Where the built pages are; without them nothing is served but the API. */
  readonly pagesFolder?: string;
  /** The tree over the log that proofs are answered from. */
  readonly proofs: Pick<TreeReads, 'latest' | 'inclusion' | 'consistency' | 'keys'>;
  /** Where the bytes of evidence are kept; without it there are no uploads, and references are only read. */
  readonly evidence?: {
    readonly store: EvidenceStore | FolderStore;
    readonly strict: boolean;
    readonly maxBytes: number;
    /** Milliseconds that a closeout waits for the store to say what it holds, 3 s by default. */
    readonly waitMs?: number;
  };
  /** How much of what is refused is recorded; nothing without it. */
  readonly denied?: DenialLimits;
  /** Stands in for the command path over `store`: what the shell costs can be measured by itself. */
  readonly runTool?: RunTool;
}

/** The HTTP shell over an event store: wired, not yet listening. */
export async function createApp(parts: AppParts): Promise<NestFastifyApplication> {
  const { limits = readLimits({}) } = parts;
  const adapter = httpServer(limits);
  const server: FastifyInstance = adapter.getInstance();
  const methodsOf = methodsByPath(server);
  acceptJsonBodies(server);
  traceRequests(server);
  logRequests(server, parts.log);
  const counts = requestCounts(parts.ops.meters, parts.ops.thresholds.window_minutes * MINUTE_MS);
  countRequests(server, counts);
  const rejections = rememberRejections(server, parts.clock);
  if (parts.denied) recordDenials(server, openRecorder(parts, parts.denied), parts.policy, parts.clock);
  letConnectionsGoOnStop(server, limits);
  sendSecurityHeaders(server);
  demandHost(server);
  const countActor = await limitRequests(server, limits);
  const errors = new ErrorFilter(parts.log, methodsOf);
  const evidenceStore = parts.evidence?.store;
  if (evidenceStore && 'receive' in evidenceStore) await serveObjects(server, evidenceStore, errors);
  if (parts.pagesFolder !== undefined) await servePages(server, parts.pagesFolder, evidenceStore?.origin);

  const runbooks = parts.runbooksFolder !== undefined && serveRunbooks(server, parts.runbooksFolder);
  const onStop = (stop: () => void) => void server.addHook('preClose', async () => stop());
  const app = await NestFactory.create<NestFastifyApplication>(
    moduleOf(parts, { counts, countActor, rejections, runbooks, onStop }),
    adapter,
    {
      bodyParser: false,
      logger: ['error', 'fatal'],
      abortOnError: false,
    },
  );
  app.useGlobalFilters(errors);
  serveOpenApi(app, parts.version);
  await app.init();
  return app;
}

/** Beside the log that commands go through: what is refused is no part of what this node has written for its clients. */
function openRecorder({ store, clock, log, ops: { meters } }: AppParts, limits: DenialLimits) {
  const outcomes = tally('outcome');
  meters.counter('dispatch_denied_attempts_total', 'Refused attempts: recorded, limited or dropped', outcomes);
  const count = (outcome: string, attempts: number) => {
    for (let n = 0; n < attempts; n += 1) outcomes.add(outcome);
  };
  return denialRecorder({ store, limits, clock, count, warn: sparing(log) });
}

const MINUTE_MS = 60_000;
const NAMES = READ_MODELS.map(({ name }) => name);

/** What the server beneath the module has, and does for it. */
interface Shell {
  readonly counts: RequestCounts;
  readonly countActor: CountActor;
  readonly rejections: Rejections;
  /** Whether the pages that alerts name are served. */
  readonly runbooks: boolean;
  readonly onStop: (stop: () => void) => void;
}

function moduleOf(appParts: AppParts, { counts, countActor, rejections, runbooks, onStop }: Shell): Type {
  const { policy, vault, access, objectStoreSchemes, evidence, log, clock, reads, ops, proofs, runTool } = appParts;
  const { meters, thresholds } = ops;
  const watched = watchedAppends(appParts.store);
  const { store, last: lastWritten } = rememberingWrites(tracedLog(meteredLog(watched.store, meters)));
  const tickets = foldedStreams(store, foldTicket);
  const directory = directoryEntities(store, vault, policy.version, clock);
  const absence = absenceIn(evidence);
  const parts = {
    store,
    tickets,
    policy,
    vault,
    directory: directory.lookup,
    objectStoreSchemes,
    absentEvidence: absence.judged,
    clock,
    around: asPart,
  };
  const answer = readAnswers({ ...reads, lastWritten });
  const signals = () => signalsNow({ counts, models: reads.models, names: NAMES, thresholds, clock }, answer);
  meterStatus(meters, { store, models: reads.models });
  meterBusiness(meters, { db: reads.db, policy, signals, thresholds, clock });
  meterCache(meters, () => tickets.use());
  const ticketsRead = ticketReads(store, tickets, vault);
  const feed = openFeed({ store, models: reads.models, ticket: (id) => ticketsRead.ticket(id), clock });
  const streams = openStreams({ feed, clock });
  onStop(() => streams.close());
  meterStreams(meters, streams);
  const showCloseout: ShowCloseout = async (ticket) =>
    closeoutOf(ticket, policy, objectStoreSchemes, await absence.shown(ticket));
  const uploads = evidence ? { maxBytes: evidence.maxBytes, contentTypes } : null;
  const pages = {
    version: appParts.version,
    developmentHeaders: access.allowDevHeaders,
    uploads,
    runbooks,
  };
  const strategy = new AccessStrategy(authenticator({ ...access, clock }, (role) => policy.canonicalRole(role)));

  @Module({
    imports: [CqrsModule.forRoot()],
    controllers: [
      HealthController,
      OpsController,
      ProjectionsController,
      ...policy.tools.filter(({ mutating }) => mutating).map((row) => toolController(row, commandTool(row.tool))),
      ticketReadsController(policy),
      uploadsController(policy, evidence),
      ticketsController(policy),
      cockpitController(policy),
      jobPacketController(policy, showCloseout),
      ...KINDS.map((kind) => directoryController(kind, policy)),
      auditController(policy),
      pagesController(policy, pages, showCloseout),
      liveController(policy),
      deniedController(policy),
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
      { provide: TICKET_READS, useValue: ticketsRead },
      { provide: REJECTIONS, useValue: rejections },
      {
        provide: OPERATING,
        useValue: { models: reads.models, rebuild: appParts.rebuild, log } satisfies Operating,
      },
      { provide: STREAMS, useValue: streams },
      { provide: DIRECTORY, useValue: directory },
      { provide: READS, useValue: answer },
      { provide: METERS, useValue: meters },
      { provide: COUNTS, useValue: counts },
      { provide: SIGNALS, useValue: signals },
      { provide: OPS_SETTINGS, useValue: ops },
      { provide: PROOFS, useValue: proofs },
      { provide: VAULT, useValue: vault },
      { provide: EVENTS, useValue: store },
      { provide: CLOCK, useValue: clock },
      { provide: COUNT_ACTOR, useValue: countActor },
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
