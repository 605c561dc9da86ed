import { openPostgresKeys, type PostgresKeys, type Vault } from '@dispatch/privacy';
import { openKeyVault } from '@dispatch/process';
import type { Connected } from '../database.js';

/** Keys for a command that looks at them. */
export async function withKeys<T>({ url }: Connected, work: (keys: PostgresKeys) => Promise<T>): Promise<T> {
  const keys = openPostgresKeys({ url, size: 2 });
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

/** A vault for a command that shows what is personal. */
export const withVault = <T>(parts: Connected, work: (vault: Vault) => Promise<T>): Promise<T> =>
  withKeys(parts, async (keys) => work(await openKeyVault(parts.settings, keys)));
