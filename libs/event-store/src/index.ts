export { backoff } from './backoff.js';
export { decorated } from './decorated.js';
export * from './event-store.js';
export {
  type EventStoreDbEventStoreOptions,
  openEventStoreDbEventStore,
} from './eventstoredb/eventstoredb-event-store.js';
export { faultOfEventStoreDbUrl, placeOfEventStoreDb } from './eventstoredb/url.js';
export { canonicalJson, chainHash, contentHash, contentHashOf, GENESIS } from './hash.js';
export { type LogTexts, type RecordedText, textsOf } from './log-texts.js';
export type { LogWatch, PoolUse } from './log-watch.js';
export { openMemoryEventStore } from './memory/memory-event-store.js';
export { isAway as isPostgresAway } from './postgres/connection.js';
export { whileAnswering } from './postgres/heartbeat.js';
export { holdsLog, LOG_MIGRATIONS, migrateLog } from './postgres/migrate.js';
export { isMigrated, migrate, type Migrations } from './postgres/schema.js';
export { openPostgresLogTexts } from './postgres/postgres-log-texts.js';
export { openPostgresEventStore, type PostgresEventStoreOptions } from './postgres/postgres-event-store.js';
