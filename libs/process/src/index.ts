export { watchedAppends } from './append-watch.js';
export { openProcessLog, type ProcessLog } from './process-log.js';
export { bringUpToDate, type Database, openDatabase } from './database.js';
export { given, givenWhole } from './given.js';
export { inTime } from './in-time.js';
export { meterBatches, meteredLog, meterPools, meterProjections, meterStatus } from './metering/index.js';
export {
  LAG_LIMIT_SECONDS,
  type Readiness,
  readiness,
  type ReadinessParts,
  SILENCE_LIMIT_SECONDS,
} from './readiness.js';
export { givePrecedence } from './priority.js';
export { rebuildingApart, type RebuildingParts, serveRebuild } from './rebuilding.js';
export { checkout, runUntilSignal, type Running } from './run.js';
export { SECRETS, withSecretFiles } from './secrets.js';
export { holdsToken } from './ops-token.js';
export { type OpsSettings, readOpsSettings, type Thresholds } from './ops-settings.js';
export {
  type AuditSettings,
  type LogSettings,
  type PrivacySettings,
  type ProcessSettings,
  readObjectStoreSchemes,
  readProcessSettings,
  type Role,
} from './settings.js';
export { masterKeyPath, openKeyVault, openMasterKey } from './master.js';
export { openSigner } from './signer.js';
export { openLogTexts, openStore } from './store.js';
export { traceBatches, tracedLog, traceProjections } from './tracing.js';
export { type Stops, stopsInTurn } from './stops.js';
