import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { newSignerLine } from '@dispatch/proof';
import { serviceFlags } from '../../deploy/local/child.mjs';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Connection, openConnection } from './connection.js';
import type { Ground } from './ground.js';

/** The API in a process of its own, with connections that open tickets. */
export interface Api {
  readonly workers: readonly (() => Promise<unknown>)[];
  /** Reads /metrics as Prometheus does. */
  scrape(): Promise<unknown>;
  close(): Promise<void>;
}

/** Whether the commands are run, or answered with a constant once they are authenticated and validated. */
export type Answering = 'commands' | 'constant';

const SECRET = 'a secret of the benchmark, long enough for production';
/** As the launcher loads it. */
const PRELOAD = new URL('../../apps/dispatch-api/src/preload.ts', import.meta.url).href;
const ACCOUNT = '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0a01';
const SITE = '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0a02';

/**
 * Without the projections unless they are asked for: what is measured is then the way of a command, as where the API
 * is scaled out (DISPATCH_ROLE=api). With them it is what one `npm start` does with the same processor.
 */
export async function startApi(
  ground: Ground,
  answering: Answering,
  connections: number,
  { projections = false, env = {} }: { readonly projections?: boolean; readonly env?: Record<string, string> } = {},
): Promise<Api> {
  const role = projections ? 'all' : 'api';
  const child = fork(new URL('server.ts', import.meta.url), [answering], {
    execArgv: [
      ...serviceFlags(role),
      '--import',
      new URL('../support/typescript.mjs', import.meta.url).href,
      '--import',
      PRELOAD,
    ],
    // The log goes to standard output, as in production, and from there nowhere.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      // For --cpu-prof.
      NODE_OPTIONS: process.env['NODE_OPTIONS'],
      NODE_ENV: 'production',
      DISPATCH_ROLE: role,
      DISPATCH_API_PORT: '0',
      DISPATCH_DATABASE_URL: ground.serviceUrl,
      DISPATCH_DATABASE_MIGRATION_URL: ground.ownerUrl,
      DISPATCH_AUTH_JWT_SECRET: SECRET,
      // Counted as in production, and never too many.
      DISPATCH_RATE_LIMIT_PER_ACTOR: '1000000000',
      DISPATCH_RATE_LIMIT_PER_ADDRESS: '1000000000',
      DISPATCH_AUDIT_SIGNING_KEY: newSignerLine('localhost/dispatch'),
      DISPATCH_OPS_TOKEN: SECRET.replaceAll(/\W/g, '-'),
      DISPATCH_PRIVACY_KEY: '07'.repeat(32),
      ...env,
    },
  });
  const exited = once(child, 'exit');
  const url = await listening(child, exited);
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const request = requestsTo(url, await mintToken({ sub: 'bench', role: 'dispatcher', account_ids: '*' }, SECRET));
  const [first] = open;
  if (first) await stateDirectory(first, request);
  return {
    workers: open.map((connection) => async () => {
      const { status, body } = await connection.exchange(request('POST', '/tickets', TICKET));
      if (status !== 201) throw new Error(`${status} ${body}`);
    }),
    async scrape() {
      const authorization = `Bearer ${SECRET.replaceAll(/\W/g, '-')}`;
      const answer = await fetch(new URL('/metrics', url), { headers: { authorization, accept: 'text/plain' } });
      if (!answer.ok) throw new Error(`/metrics: ${answer.status}`);
      return answer.text();
    },
    async close() {
      for (const connection of open) connection.close();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function listening(child: ChildProcess, exited: Promise<unknown>): Promise<URL> {
  const ended = exited.then(() => Promise.reject(new Error('the API ended before it listened')));
  const [url] = await Promise.race([once(child, 'message'), ended]);
  return new URL(String(url));
}

type Requests = (method: string, path: string, body: string) => string;

/** Requests of one client, each with a key of its own. */
function requestsTo({ host }: URL, token: string): Requests {
  const headers = `host: ${host}\r\nauthorization: Bearer ${token}\r\naccept: application/json\r\ncontent-type: application/json`;
  return (method, path, body) =>
    `${method} ${path} HTTP/1.1\r\n${headers}\r\nidempotency-key: ${randomUUID()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** All ASCII: a character is a byte. */
const TICKET = JSON.stringify({
  account_id: ACCOUNT,
  site_id: SITE,
  summary: 'Front entrance door does not latch',
  description: 'The closer slams and the latch misses the strike since the cold weather began.',
  nte_cents: 45_000,
  channel: 'phone',
  requester_contact: { name: 'Pat Doe', phone: '+1 555 0100' },
});

async function stateDirectory(connection: Connection, request: Requests): Promise<void> {
  const site = { account_id: ACCOUNT, name: 'Main', address1: '1 Main St', city: 'Springfield' };
  for (const [path, body] of [
    [`/accounts/${ACCOUNT}`, { name: 'Bench' }],
    [`/sites/${SITE}`, site],
  ] as const) {
    const answer = await connection.exchange(request('PUT', path, JSON.stringify(body)));
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  }
}
