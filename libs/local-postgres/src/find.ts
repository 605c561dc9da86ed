import { readCredentials } from './credentials.js';
import { layoutOf } from './layout.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { connected } from './provision.js';
import { type Urls, urlsFor } from './urls.js';

/** The Postgres that a service runs on this data folder; undefined when none answers. */
export async function findLocalPostgres(dataDir: string): Promise<Urls | undefined> {
  const layout = layoutOf(dataDir);
  const credentials = await readCredentials(layout.credentials);
  const running = await readPostmasterPid(layout.postmasterPid);
  if (!credentials || !running?.ready || !running.address) return undefined;

  const urls = urlsFor(running.address, credentials);
  return connected(urls.serviceUrl, async (client) => void (await client.query('SELECT 1'))).then(
    () => urls,
    () => undefined,
  );
}
