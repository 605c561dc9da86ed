import { newSignerLine } from '@dispatch/proof';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceFlags } from '../../deploy/local/child.mjs';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { freePort } from '../support/free-port.js';
import { ALL_OPEN } from './cockpit.js';
import { type Database, fill } from './filled.js';
import type { Row } from './row.js';

const MOST_MIB = 300;
const SECRET = 'a secret of the benchmark, long enough for production';
const MAIN = new URL('../../dist/apps/dispatch-api/src/main.js', import.meta.url).pathname;
const READY_MS = 300_000;
/** Requests of each kind that are sent before memory is read. */
const REQUESTS = 300;

export const memory: Row = {
  name: 'memory',
  what: `resident memory of the service, its read models in it, with the log of ${ALL_OPEN.tickets} tickets: after its start, reads and commands`,
  against: 'a promise',
  unit: ' MiB',
  reach: { atMost: 1 },
  pace: { warmUp: 0, rounds: 1 },
  async open(ground) {
    const port = await freePort();
    const child = start(await fill(ground, ALL_OPEN), port);
    const exited = once(child, 'exit');
    const url = `http://127.0.0.1:${port}`;
    let peak = 0;
    let requests = 0;
    return {
      async measured() {
        await ready(`${url}/ready`, child);
        const send = clientOf(url, await mintToken({ sub: 'bench', role: 'dispatcher', account_ids: '*' }, SECRET));
        const [site] = (await send('GET', '/sites?limit=1')).sites;
        for (let n = 0; n < REQUESTS; n += 1) {
          await send('POST', '/tickets', { account_id: site.account_id, site_id: site.id, summary: 'Door stuck' });
          await send('GET', '/ux/dispatcher/cockpit');
          await send('GET', '/tickets?limit=100');
          requests += 3;
        }
        const [now, most] = await Promise.all([mebibytes(child, 'VmRSS'), mebibytes(child, 'VmHWM')]);
        peak = most;
        return now;
      },
      floor: async () => MOST_MIB,
      remark: () => `after ${requests} requests; at most ${Math.round(peak)} MiB, while the read models were made`,
      async close() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  },
};

/** What `npm start` runs, on the Postgres of the benchmark. */
function start({ serviceUrl, ownerUrl }: Database, port: number): ChildProcess {
  return spawn(process.execPath, [...serviceFlags('all'), MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DISPATCH_API_PORT: String(port),
      DISPATCH_AUDIT_SIGNING_KEY: newSignerLine('localhost/dispatch'),
      DISPATCH_PRIVACY_KEY: '07'.repeat(32),
      DISPATCH_DATABASE_URL: serviceUrl,
      DISPATCH_DATABASE_MIGRATION_URL: ownerUrl,
      DISPATCH_AUTH_JWT_SECRET: SECRET,
      // Counted as in production, and never too many.
      DISPATCH_RATE_LIMIT_PER_ACTOR: '1000000000',
      DISPATCH_RATE_LIMIT_PER_ADDRESS: '1000000000',
    },
  });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < READY_MS; await delay(200)) {
    if (child.exitCode !== null) throw new Error('the service ended before it was ready');
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`the service was not ready within ${READY_MS / 1_000} s`);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of an API whose contract is tested elsewhere
type Answer = any;

function clientOf(url: string, token: string) {
  return async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

async function mebibytes({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('memory is read where Linux tells it, in /proc');
  return Number(kibibytes) / 1_024;
}
