import { randomUUID } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import type { RunTool } from '@dispatch/commands';
import {
  type EventStore,
  type LogWatch,
  openEventStoreDbEventStore,
  openPostgresEventStore,
} from '@dispatch/event-store';
import { loadPolicy, type Policy } from '@dispatch/policy';
import { openReadModels, openReadPool, type ReadModels, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { openPostgresKeys, vaultOf } from '@dispatch/privacy';
import { type Signer, startTree, treeReads } from '@dispatch/proof';
import { meterBatches, meterPools, meterProjections, readOpsSettings } from '@dispatch/process';
import { meterProcess, openLog, openMeters } from '@dispatch/telemetry';
import { createApp } from '../../apps/dispatch-api/src/app.js';
import { testMaster } from '../../libs/privacy/src/testing/vault.js';
import type { Cluster } from '../eventstoredb/cluster.js';
import { migratedDatabase, readyDatabase, type TestDatabase } from '../postgres/database.js';
import { areKept } from './kept.js';

export interface Ask {
  readonly method?: string;
  readonly path: string;
  /** A role, acted by its development actor `<role>-1`, or the headers that say who asks; a dispatcher by default. */
  readonly as?: string | OutgoingHttpHeaders;
  /** A new one by default for everything that is not read; null: none. */
  readonly key?: string | null;
  /** Sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  /** Laid over all others; a list is sent as several headers. */
  readonly headers?: OutgoingHttpHeaders;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the text is not JSON. */
  readonly json: unknown;
}

/** A call of a tool by its name; its method and path come from the policy. */
export interface ToolAsk extends Omit<Ask, 'method' | 'path'> {
  /** The id of the path. */
  readonly id?: string;
  readonly evidenceId?: string;
  /** Without question mark. */
  readonly query?: string;
}

/** The service over HTTP on a database of its own, or on one that it shares. */
export interface Api {
  readonly url: string;
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly policy: Policy;
  readonly database: TestDatabase;
  call(ask: Ask): Promise<Reply>;
  run(tool: string, ask?: ToolAsk): Promise<Reply>;
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly access?: Parameters<typeof createApp>[0]['access'];
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly policy?: Policy;
  /** Migrated already, and dropped by whoever made it. */
  readonly database?: TestDatabase;
  /** Stands in for the command path. */
  readonly runTool?: RunTool;
  /** False: no read model is kept up to date by this one. */
  readonly projections?: boolean;
  /** How long a read waits for its position, a second by default. */
  readonly readWaitMs?: number;
  /** Signs heads of the log's tree at once; without one no tree is kept. */
  readonly signer?: Signer;
  /** What holds the log: what DISPATCH_TEST_LOG names, Postgres by default. */
  readonly log?: TestLog;
  /** Where log lines go, nowhere by default. */
  readonly lines?: { write(line: string): void };
  /** Of /metrics and /ops/alerts: variables of the environment. */
  readonly ops?: Readonly<Record<string, string>>;
  readonly limits?: Parameters<typeof createApp>[0]['limits'];
  readonly rebuild?: Parameters<typeof createApp>[0]['rebuild'];
  readonly runbooksFolder?: string;
  /** Where built pages are. */
  readonly pagesFolder?: string;
  /** Where the bytes of evidence are kept; nowhere by default. */
  readonly evidence?: Parameters<typeof createApp>[0]['evidence'];
  /** How much of what is refused is recorded; nothing by default, so that a test sees what commands alone write. */
  readonly denied?: Parameters<typeof createApp>[0]['denied'];
}

type TestLog = 'postgres' | 'eventstoredb';

export const shippedPolicy = (): Promise<Policy> => loadPolicy(join(import.meta.dirname, '../../policy'));

export async function startApi(options: ApiOptions = {}): Promise<Api> {
  const projects = options.projections !== false;
  const database = options.database ?? (await (projects ? readyDatabase() : migratedDatabase()));
  const policy = options.policy ?? (await shippedPolicy());
  const meters = openMeters({ service: 'dispatch-api', version: 'test' });
  meterProcess(meters, 'test');
  const pool = meterPools(meters);
  const store = await openTestLog(options.log ?? defaultLog(), database, { batch: meterBatches(meters), pool });
  const models = openReadModels({ url: database.url, store });
  const db = openReadPool({ url: database.url, onPool: pool });
  const running = projects
    ? startProjections({ url: database.url, store, models: READ_MODELS, watch: meterProjections(meters) })
    : undefined;
  if (running) await areKept(models);
  const tree =
    options.signer && startTree({ url: database.url, store, signer: options.signer, everySeconds: 0, lookMs: 20 });
  const keys = openPostgresKeys({ url: database.url });
  const app = await createApp({
    store,
    policy,
    vault: vaultOf({ keys, master: testMaster }),
    access: options.access ?? { allowDevHeaders: true, requireTechnicianId: false },
    objectStoreSchemes: ['s3', 'minio'],
    evidence: options.evidence,
    log: options.lines ? openLog('info', options.lines) : openLog('silent'),
    clock: options.clock ?? Date.now,
    version: 'test',
    reads: { db, models, waitMs: options.readWaitMs ?? 1_000 },
    ops: { ...readOpsSettings(options.ops ?? {}), meters },
    proofs: treeReads(db),
    runTool: options.runTool,
    limits: options.limits,
    pagesFolder: options.pagesFolder,
    runbooksFolder: options.runbooksFolder,
    rebuild: options.rebuild,
    denied: options.denied,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const call = (ask: Ask): Promise<Reply> => send(url, agent, ask);
  return {
    url,
    store,
    models,
    policy,
    database,
    call,
    run(tool, { id, evidenceId, query, ...ask } = {}) {
      const { method, path } = rowOf(policy, tool);
      const filled = path.replace('{id}', id ?? '').replace('{evidenceId}', evidenceId ?? '');
      return call({ ...ask, method, path: query === undefined ? filled : `${filled}?${query}` });
    },
    async close() {
      agent.destroy();
      await app.close();
      await running?.stop();
      await tree?.stop();
      await Promise.all([db.close(), models.close(), keys.close()]);
      await store.close();
      await meters.close();
      if (options.database) return;
      await (await clusters.get(database))?.stop();
      await database.drop();
    },
  };
}

/** The cluster that holds the log whose read models are in a database: several services on one share both. */
const clusters = new WeakMap<TestDatabase, Promise<Cluster>>();

async function openTestLog(log: TestLog, database: TestDatabase, watch: LogWatch): Promise<EventStore> {
  if (log === 'postgres') return openPostgresEventStore({ url: database.url, watch });
  const cluster =
    clusters.get(database) ?? import('../eventstoredb/cluster.js').then((double) => double.quickCluster());
  clusters.set(database, cluster);
  return openEventStoreDbEventStore((await cluster).log);
}

function defaultLog(): TestLog {
  const log = process.env['DISPATCH_TEST_LOG'] ?? 'postgres';
  if (log !== 'postgres' && log !== 'eventstoredb') throw new Error('DISPATCH_TEST_LOG is postgres or eventstoredb');
  return log;
}

function rowOf(policy: Policy, tool: string): { readonly method: string; readonly path: string } {
  const row = policy.tool(tool) ?? policy.directoryTool(tool) ?? policy.auditTool(tool);
  if (!row) throw new Error(`the policy has no tool ${tool}`);
  return row;
}

/** Headers of a development actor. */
export const actor = (role: string, parts: OutgoingHttpHeaders = {}): OutgoingHttpHeaders => ({
  'x-actor-id': `${role}-1`,
  'x-actor-role': role,
  ...parts,
});

/** One request. It is answered by the first whole response, also where the rest of the body is not taken any more. */
export function send(url: string, agent: Agent, ask: Ask): Promise<Reply> {
  const { method = 'POST', path, as = 'dispatcher', key, body, headers } = ask;
  const bytes = bytesOf(body);
  const sentKey = key === undefined && method !== 'GET' && method !== 'HEAD' ? randomUUID() : key;
  const sent: OutgoingHttpHeaders = {
    ...(typeof as === 'string' ? actor(as) : as),
    ...(sentKey && { 'idempotency-key': sentKey }),
    ...(bytes && { 'content-type': 'application/json', 'content-length': bytes.length }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url), { method, path, agent, headers: sent, setHost: true }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value of an answer by its path, such as `error.fields.0.field`; undefined when something on the way is missing. */
export function at(json: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
      json,
    );
}

/** The same, where it must be a text. */
export function textAt({ json, text }: Reply, path: string): string {
  const value = at(json, path);
  if (typeof value !== 'string') throw new Error(`no text at ${path} in ${text}`);
  return value;
}

/** The status and code of a refusal, such as `409 VERSION_CONFLICT`; of a success the status only. */
export function outcomeOf({ status, json }: Reply): string {
  const code = at(json, 'error.code');
  return typeof code === 'string' ? `${status} ${code}` : String(status);
}
