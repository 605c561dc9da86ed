import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLog } from '@dispatch/event-store';
import { grantRole, startLocalPostgres } from '@dispatch/local-postgres';
import { Client } from 'pg';

/** The one Postgres that all sides of all rows share: the embedded one, with its usual settings, on a new folder. */
export interface Ground {
  /** Superuser's. */
  readonly ownerUrl: string;
  /** As the service logs in. */
  readonly serviceUrl: string;
  /** Version, and the settings that a commit's price hangs on. */
  readonly postgres: string;
  close(): Promise<void>;
}

export async function layGround(): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dispatch-bench-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  const server = await startLocalPostgres({ dataDir });
  const { ownerUrl, serviceUrl } = server;
  await migrateLog({ url: ownerUrl });
  await grantRole(ownerUrl, 'dispatch_app', 'dispatch_service');
  return {
    ownerUrl,
    serviceUrl,
    postgres: await describe(ownerUrl),
    async close() {
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function describe(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const setting = async (name: string) => (await client.query(`show ${name}`)).rows[0]?.[name];
  const text =
    `PostgreSQL ${await setting('server_version')} (fsync ${await setting('fsync')}, ` +
    `synchronous_commit ${await setting('synchronous_commit')})`;
  await client.end();
  return text;
}
