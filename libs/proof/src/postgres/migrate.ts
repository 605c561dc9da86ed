import { join } from 'node:path';
import { migrate, type Migrations } from '@dispatch/event-store';

/** Its role is made by the migrations of the read models, which come before. */
export const PROOF_MIGRATIONS: Migrations = { dir: join(import.meta.dirname, 'migrations'), table: 'proof' };

/** Brings the schema of the tree up to date. The URL is the owner's, not the application's. */
export const migrateProof = ({ url }: { readonly url: string }): Promise<void> => migrate(url, PROOF_MIGRATIONS);
