import { join } from 'node:path';
import { migrate, type Migrations } from '@dispatch/event-store';

/** Its role is made by the migrations of the read models, which come before. */
export const PRIVACY_MIGRATIONS: Migrations = { dir: join(import.meta.dirname, 'migrations'), table: 'privacy' };

/** Brings the schema of the keys up to date. The URL is the owner's, not the application's. */
export const migratePrivacy = ({ url }: { readonly url: string }): Promise<void> => migrate(url, PRIVACY_MIGRATIONS);
