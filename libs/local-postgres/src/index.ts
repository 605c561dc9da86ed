export { type Draft, draftDataDir } from './draft.js';
export { AlreadyRunning, LocalPostgresFailed } from './errors.js';
export { findLocalPostgres } from './find.js';
export { type LocalPostgres, type LocalPostgresOptions, startLocalPostgres } from './local-postgres.js';
export { grantRole } from './provision.js';
export type { Urls } from './urls.js';
