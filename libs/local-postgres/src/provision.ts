import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { Credentials } from './credentials.js';
import { type Address, DATABASE, OWNER, SERVICE, urlOf } from './urls.js';

/** Makes what is missing of database and login role. May be repeated, also after it was cut short. */
export async function provision(address: Address, credentials: Credentials): Promise<void> {
  await connected(urlOf(address, OWNER, credentials.ownerPassword, 'postgres'), async (client) => {
    const { rowCount: roles } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [SERVICE]);
    if (!roles) {
      const password = escapeLiteral(credentials.servicePassword);
      await client.query(`CREATE ROLE ${SERVICE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${password}`);
    }
    const { rowCount: databases } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!databases) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

/** Makes `member` a member of the role `group`; both exist. The migrations know the group, only we know who logs in. */
export async function grantRole(ownerUrl: string, group: string, member: string): Promise<void> {
  await connected(ownerUrl, async (client) => {
    await client.query(`GRANT ${escapeIdentifier(group)} TO ${escapeIdentifier(member)}`);
  });
}

/** Work on one connection, which is closed afterwards. */
export async function connected(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
