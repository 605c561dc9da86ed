import { join } from 'node:path';
import { migrateSchema } from '@dispatch/projection';

/**
 * Brings the schema of the tree up to date. The URL is the owner's, not the application's, and its role is made by the
 * migrations of the read models, which come before.
 */
export function migrateProof({ url }: { readonly url: string }): Promise<void> {
  return migrateSchema({ url, dir: join(import.meta.dirname, 'migrations'), table: 'proof' });
}
