import type { Credentials } from './credentials.js';

export const DATABASE = 'dispatch';
export const OWNER = 'dispatch_owner';
/** What the service logs in as; it gets its rights by membership (see grantRole). */
export const SERVICE = 'dispatch_service';

/** Where a cluster is reached: the folder of its socket, or a loopback port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Connection strings for `pg` and libpq. They hold passwords: never log them. */
export interface Urls {
  /** Superuser: migrations and maintenance. */
  readonly ownerUrl: string;
  readonly serviceUrl: string;
}

export function urlsFor(address: Address, credentials: Credentials): Urls {
  return {
    ownerUrl: urlOf(address, OWNER, credentials.ownerPassword, DATABASE),
    serviceUrl: urlOf(address, SERVICE, credentials.servicePassword, DATABASE),
  };
}

/**
 * The host stands in the query, where a folder may stand; the `localhost` before it is overridden, and is there
 * because a URL without one is refused by the WHATWG parser. Port and sslmode are said aloud, so that PGPORT and
 * PGSSLMODE in somebody's shell change nothing.
 */
export function urlOf(address: Address, user: string, password: string, database: string): string {
  const query = `host=${encodeURIComponent(address.host)}&port=${address.port}&sslmode=disable`;
  return `postgresql://${user}:${encodeURIComponent(password)}@localhost/${database}?${query}`;
}
