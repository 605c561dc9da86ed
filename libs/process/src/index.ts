export { type Database, openDatabase } from './database.js';
export { LAG_LIMIT_SECONDS, type Readiness, readiness, type ReadinessParts } from './readiness.js';
export { rebuildingApart, type RebuildingParts, serveRebuild } from './rebuilding.js';
export { checkout, runUntilSignal, type Running } from './run.js';
export { type AuditSettings, given, type ProcessSettings, readProcessSettings, type Role } from './settings.js';
export { openSigner } from './signer.js';
export { openStore } from './store.js';
export { type Stops, stopsInTurn } from './stops.js';
