export { type Database, openDatabase } from './database.js';
export { LAG_LIMIT_SECONDS, type Readiness, readiness, type ReadinessParts } from './readiness.js';
export { rebuildingApart, type RebuildingParts, serveRebuild } from './rebuilding.js';
export { checkout, runUntilSignal, type Running } from './run.js';
export { given, type ProcessSettings, readObjectStoreSchemes, readProcessSettings, type Role } from './settings.js';
export { openLogTexts, openStore } from './store.js';
export { type Stops, stopsInTurn } from './stops.js';
