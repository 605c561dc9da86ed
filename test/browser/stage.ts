import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Started } from '../launch/started.js';
import { freePort } from '../support/free-port.js';

/** The built service as `npm start` runs it, on a new folder, with a site and a technician. */
export interface Stage {
  readonly url: string;
  readonly dataDir: string;
  readonly accountId: string;
  readonly siteId: string;
  readonly techId: string;
  /** A request as somebody of this role; the answer's body. @throws on a refusal */
  ask(role: string, method: string, path: string, body?: object): Promise<Json>;
  /** Ends the service and starts it again, on the same folder and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of an API whose contract is tested elsewhere
export type Json = any;

export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'dispatch-browser-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(folder, 0o711);
  const settings = { DISPATCH_API_PORT: String(await freePort()) };
  const dataDir = join(folder, 'data');
  let service: Started = await start(dataDir, settings);
  const { url } = service;
  const stop = async () => {
    service.launcher.kill('SIGTERM');
    await service.exited;
  };
  const ask: Stage['ask'] = async (role, method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        'x-actor-id': `${role}-1`,
        'x-actor-role': role,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const [accountId, siteId, techId] = [randomUUID(), randomUUID(), randomUUID()];
  await ask('admin', 'PUT', `/accounts/${accountId}`, { name: 'Harbor Retail Group' });
  await ask('admin', 'PUT', `/sites/${siteId}`, {
    account_id: accountId,
    name: 'Harbor Market, Pier 39',
    address1: '39 Pier Plaza',
    city: 'San Francisco',
    region: 'CA',
    postal_code: '94133',
    access_instructions: 'Loading dock door B; ask the guard for the key.',
    contacts: [{ name: 'Pat Doe', phone: '+1 555 0100', role: 'Store manager', is_authorized_requester: true }],
  });
  await ask('admin', 'PUT', `/technicians/${techId}`, { name: 'Alex Rivera', skills: ['doors', 'locks'] });
  return {
    url,
    dataDir,
    accountId,
    siteId,
    techId,
    ask,
    async restart() {
      await stop();
      service = await start(dataDir, settings);
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
